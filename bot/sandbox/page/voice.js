// Voice messages: recording, a generated sample where there is no microphone, and playing.

import { h, icon } from "./dom.js";
import { lengthOf, say } from "./words.js";

const BARS = 34;
let playing = null;

export function canRecord() {
  return Boolean(navigator.mediaDevices?.getUserMedia && window.MediaRecorder);
}

// Start recording at once; `finish()` returns the recording, `drop()` discards it. Rejects without a microphone.
export async function record() {
  const stream = await navigator.mediaDevices.getUserMedia({ audio: true });
  const mime = ["audio/ogg;codecs=opus", "audio/webm;codecs=opus", "audio/mp4"].find((each) => MediaRecorder.isTypeSupported(each));
  const recorder = new MediaRecorder(stream, mime ? { mimeType: mime } : {});
  const pieces = [];
  const since = performance.now();
  recorder.addEventListener("dataavailable", (event) => pieces.push(event.data));
  recorder.start();
  const end = () => stream.getTracks().forEach((track) => track.stop());
  return {
    seconds: () => (performance.now() - since) / 1000,
    finish: () => new Promise((resolve) => {
      recorder.addEventListener("stop", () => {
        end();
        resolve({ blob: new Blob(pieces, { type: recorder.mimeType.split(";")[0] }), seconds: (performance.now() - since) / 1000 });
      });
      recorder.stop();
    }),
    drop: () => { recorder.stop(); end(); },
  };
}

// A short tone that rises and falls like a sentence: enough to try a voice message.
export function sample(seconds = 3, rate = 16000) {
  const length = seconds * rate;
  const bytes = new DataView(new ArrayBuffer(44 + length));
  const put = (at, word) => [...word].forEach((sign, i) => bytes.setUint8(at + i, sign.charCodeAt(0)));
  put(0, "RIFF"); bytes.setUint32(4, 36 + length, true); put(8, "WAVEfmt "); bytes.setUint32(16, 16, true);
  bytes.setUint16(20, 1, true); bytes.setUint16(22, 1, true); bytes.setUint32(24, rate, true); bytes.setUint32(28, rate, true);
  bytes.setUint16(32, 1, true); bytes.setUint16(34, 8, true); put(36, "data"); bytes.setUint32(40, length, true);
  let phase = 0;
  for (let i = 0; i < length; i += 1) {
    const t = i / rate;
    const syllable = Math.max(0, Math.sin(t * 11 + Math.sin(t * 2.3) * 2)) * Math.min(1, t * 8, (seconds - t) * 8);
    phase += (2 * Math.PI * (150 + 28 * Math.sin(t * 1.9) + 12 * Math.sin(t * 7))) / rate;
    const tone = Math.sin(phase) * 0.6 + Math.sin(2 * phase) * 0.28 + Math.sin(5 * phase) * 0.1;
    bytes.setUint8(44 + i, 128 + Math.round(86 * tone * syllable));
  }
  return { blob: new Blob([bytes], { type: "audio/wav" }), seconds };
}

export function player(media) {
  const bars = Array.from({ length: BARS }, () => h("i"));
  const wave = h("div", { class: "wave", role: "slider", tabindex: "0", "aria-label": say("voiceWord"), "aria-valuemin": "0", "aria-valuemax": String(media.duration), "aria-valuenow": "0" }, bars);
  const time = h("span", { class: "time" }, lengthOf(media.duration));
  const toggle = h("button", { type: "button", class: "play", "aria-label": say("play") }, icon("play"));
  const audio = new Audio();
  audio.preload = "none";
  audio.src = media.url;
  const length = () => (Number.isFinite(audio.duration) && audio.duration > 0 ? audio.duration : media.duration || 1);
  const show = () => {
    const part = audio.currentTime / length();
    bars.forEach((bar, i) => bar.classList.toggle("done", i < part * BARS));
    time.textContent = lengthOf(audio.paused && !audio.currentTime ? media.duration : audio.currentTime);
    wave.setAttribute("aria-valuenow", String(Math.round(audio.currentTime)));
    toggle.replaceChildren(icon(audio.paused ? "play" : "pause"));
    toggle.setAttribute("aria-label", say(audio.paused ? "play" : "pause"));
  };
  toggle.addEventListener("click", () => {
    if (!audio.paused) return audio.pause();
    if (playing && playing !== audio) playing.pause();
    playing = audio;
    return audio.play().catch(show);
  });
  for (const event of ["timeupdate", "play", "pause"]) audio.addEventListener(event, show);
  audio.addEventListener("ended", () => { audio.currentTime = 0; show(); });
  const seek = (part) => { audio.currentTime = Math.min(1, Math.max(0, part)) * length(); };
  wave.addEventListener("click", (event) => seek(event.offsetX / wave.clientWidth));
  wave.addEventListener("keydown", (event) => {
    const step = { ArrowLeft: -1, ArrowRight: 1 }[event.key];
    if (step) seek((audio.currentTime + step) / length());
  });
  shape(media.url, bars);
  return h("div", { class: "voice" }, toggle, h("div", { class: "track" }, wave, time));
}

// The loudness of the recording, where the browser can decode it; else a flat line.
async function shape(url, bars) {
  try {
    const bytes = await (await fetch(url)).arrayBuffer();
    const sound = await new OfflineAudioContext(1, 1, 44100).decodeAudioData(bytes);
    const data = sound.getChannelData(0);
    const step = Math.max(1, Math.floor(data.length / BARS));
    const peaks = bars.map((_, i) => {
      let peak = 0;
      for (let k = i * step; k < Math.min(data.length, (i + 1) * step); k += 16) peak = Math.max(peak, Math.abs(data[k]));
      return peak;
    });
    const most = Math.max(...peaks, 0.01);
    bars.forEach((bar, i) => { bar.style.height = `${Math.round(12 + 88 * (peaks[i] / most))}%`; });
  } catch { /* undecodable bytes keep the flat line */ }
}

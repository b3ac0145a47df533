"""Drawing a whole map, against the same number of texts drawn with matplotlib's own artists in the same run."""

from io import BytesIO
from time import perf_counter

from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from pytest_benchmark.fixture import BenchmarkFixture

from bot.texts import words_in
from cjm.drawing import Layout, draw_map, ink, lay_out_map, warm_up
from tests.bench import check_ratio
from tests.cjm.drawing.maps import bike_shop

ROUNDS = 5


def draw_plain_texts(texts: int, width: int, height: int) -> bytes:
    """Draw so many texts with ``Axes.text`` on an empty picture of the same size."""
    figure = Figure(figsize=(width / 100, height / 100), dpi=100)
    axes = figure.add_axes((0, 0, 1, 1))
    axes.set_axis_off()
    for i in range(texts):
        axes.text(0.1 + 0.6 * (i % 3) / 3, i / texts, f"Customers waited {i} days", fontsize=12)
    file = BytesIO()
    FigureCanvasAgg(figure).print_png(file)  # type: ignore[no-untyped-call]  # the library has no types
    return file.getvalue()


def test_whole_wall_takes_half_the_time_of_its_texts_alone_as_artists(benchmark: BenchmarkFixture) -> None:
    words, shop = words_in("en"), bike_shop()
    warm_up()
    place = lay_out_map(shop, words, ink.measure_text, layout=Layout.WALL)
    draw_map(shop, words, layout=Layout.WALL)
    draw_plain_texts(3, 100, 100)

    def both() -> tuple[float, float]:
        start = perf_counter()
        draw_map(shop, words, layout=Layout.WALL)
        middle = perf_counter()
        draw_plain_texts(len(place.texts), place.width, place.height)
        return middle - start, perf_counter() - middle

    pairs: list[tuple[float, float]] = benchmark.pedantic(  # type: ignore[no-untyped-call]  # the library has no types
        lambda: [both() for _ in range(2 if benchmark.disabled else ROUNDS)], rounds=1
    )
    ratio = min(ours for ours, _ in pairs) / min(plain for _, plain in pairs)
    check_ratio(benchmark, ratio, below=0.5)  # about 0.2 on a quiet machine

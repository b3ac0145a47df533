"""Sentences of customers in three languages: what stands in [[…]] is personal, everything else is not."""

NUMBERS_RU = """
Позвоните мне: [[+7 912 345-67-89]]
мой номер [[8 (912) 345-67-89]], жду
Пишите на [[89123456789]] до вечера
тел. [[9123456789]], спросить меня
Телефон [[8-912-345-67-89]]. Спасибо
звоните [[8 912 345 67 89]] или не звоните
Городской [[123-45-67]], после шести
мой ватсап [[+79123456789]]
наберите [[8 9 1 2 3 4 5 6 7 8 9]]
Номер мамы в Польше [[+48 600 123 456]]
Ответьте на [[ivan.petrov@mail.ru]], пожалуйста
почта [[анна@пример.рф]]
пишите [[petrova_84@yandex.ru]].
мой ник [[@anna_petrova]] в телеге
карта [[4111 1111 1111 1111]] не прошла
Оплатил картой [[4111111111111111]], деньги списали
с карты [[5500-0000-0000-0004]] сняли дважды
Заказ [[12345]] так и не приехал
заказ № [[812]] потеряли
Номер заказа: [[AB-12345]]
мой заказ №[[4471-22]] перепутали
трек-номер [[RA123456789RU]] не ищется
договор [[Д-4512/22]] расторгните
паспорт [[4510 123456]] зачем вам?
Паспорт серии [[45 10 123456]]
СНИЛС [[112-233-445 95]] спросили трижды
ИНН [[500100732259]] указал верно
чек [[0023451]] потерялся
обращение [[778812]] закрыли без ответа
билет [[5552310045871]] не вернули
Мой профиль [[https://vk.com/id1234567]]
пишите в [[t.me/anna_petrova]]
вот ссылка [[https://shop.example/orders?id=99812]]
[[wa.me/79123456789]] — там быстрее
посылка [[80088812345678]] лежит третий день
бронь [[X7K9Q2]] пропала
счёт [[40817810099910004312]] указан неверно
Оплатил 1500 рублей за заказ [[77123]], а привезли пустую коробку
"""

KEPT_RU = """
Цена выросла до 10 000 рублей
Отдал 150000 руб. и жалею
Стоит 1 299 ₽, а в рекламе 999
Жду с 12.05.2026, уже 3 недели
Приехали 2026-05-12 10:30, а обещали утром
Привезли с 10:00 до 14:00, как обещали
Ставлю 5 из 5
Оценка 10/10, приду ещё
Живу тут с 1998 года
Заказ 2 дня ждал, потом приехал
заказ на 5000 отменили
iPhone 15 Pro пришёл с царапиной
Доставка №1 в городе!
Позвонил в 112, и то быстрее
Накопил 12000 баллов, а списать нельзя
Ждала 45 минут на линии
В очереди 3-4 человека
Зарплата 100000-150000 рублей, а хамят
Проехал 250000 км без поломок
Скидка 20 % не сработала
заказ 1500 рублей не отменили
Звонил 3 раза за 2 часа
Сайт example.ru тормозит
Инструкция на https://example.ru/delivery понятная
Ответили за 5 минут, спасибо
Терпел 1000000 раз
Модель 3310 до сих пор работает
Версия 2.10.3 падает
Товар 1+1=3 не сработал
в 2024-2025 было лучше
Всё супер!!! 10000000 баллов
"""

NUMBERS_EN = """
Call me on [[+44 7911 123456]]
my number is [[+1 650-253-0000]], thanks
Reach me at [[john.smith@example.com]]
mail [[j.smith+shop@mail.example.co.uk]] bounced
write to john [[smith (at) example.com]]
I'm [[@johnny_s]] everywhere
Card [[4111 1111 1111 1111]] was declined
card [[378282246310005]] charged twice
Order [[12345]] never arrived
order no. [[812]] is lost
Order #[[A-77123]] came broken
Order number: [[114-5941688-6789012]]
booking [[X7K9Q2]] vanished
Ref: [[99-8812/B]]
tracking number [[1Z999AA10123456784]] shows nothing
ticket [[5552310045871]] was not refunded
IBAN [[GB29 NWBK 6016 1331 9268 19]] is mine
refund to [[GB29NWBK60161331926819]] please
passport [[123456789]] was asked for
invoice [[INV-20931]] is wrong
account [[00123456]] locked
See [[https://shop.example/track?o=88123]]
My page: [[facebook.com/john.smith.77]]
[[https://www.linkedin.com/in/john-smith]] is me
Customer [[778812345]] here, again
"""

KEPT_EN = """
It cost $1,299.99, too much
I paid 10,000 dollars for nothing
USD 150000 is a lot
Waited since 12/05/2026
They came at 10:30 instead of 9:00
5 out of 5, would buy again
10/10!!!
Open 24/7 and still no answer
I am 42 and never saw this
The iPhone 15 arrived scratched
Flight FR 1234 was late again
Flight SU1234 was on time
Seat 14C is broken
Battery of 10000mAh lasts a day
a 1080p camera, really?
COVID-19 is no excuse
Windows 11 crashes
We are no. 1 in queue
Order took 3 weeks
order 2 was fine
I called 3 times in 2 days
Room 101 was cold
Gate 23B, 40 minutes late
In 2024-2025 it was better
Rated 4.5 by 1200 people
https://example.com/delivery explains nothing
Your site example.com is slow
meet @ 5pm did not work
Version 2.10.3 crashes
I flew 250000 miles with you
1000000 times better
Terminal 2 is far, 1500-2000 steps
"""

NUMBERS_PL = """
Proszę dzwonić: [[600 123 456]]
mój numer [[+48 600 123 456]], czekam
tel. [[600123456]] po 18
telefon [[600-123-456]]
stacjonarny [[22 621 45 00]], rano
Proszę pisać na [[anna.nowak@wp.pl]]
mail [[a.kowalska84@gmail.com]] nie działa
jestem [[@ania_nowak]] na telegramie
karta [[4111 1111 1111 1111]] odrzucona
konto [[61 1090 1014 0000 0712 1981 2874]] zablokowane
przelew na [[PL61109010140000071219812874]]
Zamówienie [[12345]] nie dotarło
zamówienie nr [[812]] zaginęło
Numer zamówienia: [[ZAM-77123]]
nr zamówienia [[998812]] pomylony
PESEL [[44051401359]] po co wam?
NIP [[526-00-01-246]] jest na fakturze
dowód [[ABC 123456]] zeskanowany
faktura [[FV/2231/26]] jest błędna
paczka [[520000012345678901234567]] stoi
rezerwacja [[X7K9Q2]] zniknęła
bilet [[5552310045871]] bez zwrotu
moja strona [[facebook.com/anna.nowak.12]]
[[https://sklep.example/zamowienia?nr=99812]] nie działa
"""

KEPT_PL = """
Zapłaciłam 10 000 zł i żałuję
Kosztuje 1 299,99 zł, a miało być 999
600 123 456 zł na reklamy, a na obsługę nic
Czekam od 12.05.2026
Kurier był o 10:30 zamiast o 9:00
Daję 5 na 5
Ocena 10/10
Mieszkam tu od 1998 roku
Zamówienie 2 dni czekało
zamówienie za 5000 zł anulowano
iPhone 15 z rysą
Jesteśmy nr 1 w kolejce
Czekałam 45 minut
Rabat 20 % nie działa
Mam 12000 punktów i nic
Sklep example.pl działa wolno
Dzwoniłam 3 razy w 2 godziny
W latach 2024-2025 było lepiej
Przejechałem 250000 km
Linia 175 znowu spóźniona
Bateria 10000mAh wystarcza na dzień
Wersja 2.10.3 się wiesza
"""

STAFF = (
    "Анна Петрова",
    "Игорь",
    "Вера",
    "Mark Kowalski",
    "Łukasz Zieliński",
    "Maria",
    "Ян",
    "Марек",
    "Андрей Соколовский",
)

NAMES = """
[[Анна]] помогла сразу
спасибо [[анне]], всё решила
Говорил с [[Анной Петровой]] полчаса
[[ПЕТРОВА]] нагрубила
благодарю [[Петрову]] за терпение
[[Игорь]] не перезвонил
с [[Игорем]] приятно говорить
звонил [[игорю]] дважды
[[Вера]] молодец
Спасибо [[Вере]] большое
потерял веру в вашу доставку
вера в лучшее умерла
[[Андрей]] и [[Марек]] пришли вместе
жалоба на [[Соколовского]]
у [[андрея]] золотые руки
[[Ян]] грубит
янтарь купил у вас
анкета длинная, андреевский флаг
аннуляция заказа
Мариинский театр рядом
[[Mark]] was rude
you missed the mark here
[[Kowalski]] helped me, thanks
thanks to [[Łukasz]] it works
dzięki [[lukasz]]
Dziękuję [[Łukaszowi]] i [[Marii]]
rozmawiałam z [[Zielińskim]], było miło
u [[Kowalskiego]] zawsze dobrze
z [[Marią]] załatwiłam to w 5 minut
[[Maria]]'s answer was quick
marina by the sea
zielony kolor nie doszedł
maraton cały dzień
"""

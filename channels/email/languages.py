"""What mail programs write around a quoted mail, language by language. Data only; `channels.email.quotes` reads it.

Phrases are separated by `|` and compared folded (see `channels.email.quotes.folded`).
"""

OPENERS = """
on | at | in message | in article | quoting | le | il | el | em | am | op | den | på | på den | dnia
w dniu | dňa | dne | em data de | in data | in data di | vào | vào lúc | vào ngày | ngày | pada | pe
ti | ke | to | pt | la | la data | în data | dana | στις | в | у | во | на | ב | בתאריך | ב-
el día | az | kl | a | am tag | در | در تاریخ | به تاریخ | تاریخ | روز | فی | بتاریخ | یوم | فی یوم
在 | 于 | 於
"""
"""How an announcement begins that says when before who."""

VERBS = """
wrote | writes | said | says | sent | has written | wrote the following | a écrit | nous a dit
écrit | a ecrit | a scris | schrieb | schrieben | schrieben sie | geschrieben | schreef | geschreven
verzond | skrev | skreiv | skrifaði | ha scritto | scritto | escribió | escribio | escreveu
va escriure | escribiu | enviou | napisał | napisał(a) | napisała | napisal | pisze | napsal
napsal(a) | napísal | napísal(a) | napísala | piše | napisao | napisala | napisao je | napisala je
ezt írta | írta | rašė | kirjutas | rakstīja | kirjoitti | kirjoitit | yazdı | şunu yazdı
şunları yazdı | έγραψε | đã viết | viết | menulis | написал | написал(а) | написала | написав | пише
пишет | писал | писал(а) | написа | כתב | כתבה | כתב/ה | ระบุว่า | เขียนว่า | نوشت | نوشته است
نوشته | نوشتند | نوشتید | نوشته شده | گفت | مرقوم فرمودند | فرستاد | کتب | کتبت | کتب ما یلی | أرسل
ارسل | 写道 | 寫道 | 写到 | 寫到 | のメッセージ | 書きました | 작성 | 님이 작성 | 썼습니다 | 씀
"""
"""The verb of an announcement."""

FORWARDED = """
forwarded message | original message | reply message | forwarded mail | original email | message
original appointment | original-nachricht | ursprüngliche nachricht | antwort nachricht
weitergeleitete nachricht | originalnachricht | message original | message d'origine
message transféré | courriel original | mensaje original | mensaje reenviado | mensagem original
mensagem encaminhada | messaggio originale | messaggio inoltrato | messaggio inviato
oorspronkelijk bericht | oorspronkelijke bericht | origineel bericht | doorgestuurd bericht
oprindelig meddelelse | oprindelig besked | videresendt besked | videresendt meddelelse
opprinnelig melding | ursprungligt meddelande | originalmeddelande | vidarebefordrat meddelande
vidarebefordrat brev | alkuperäinen viesti | välitetty viesti | wiadomość oryginalna
wiadomość przekazana | oryginalna wiadomość | původní zpráva | přeposlaná zpráva | pôvodná správa
eredeti üzenet | továbbított üzenet | mesaj original | mesaj redirecționat | исходное сообщение
пересылаемое сообщение | пересланное сообщение | оригинальное сообщение | вихідне повідомлення
переслане повідомлення | orijinal mesaj | özgün ileti | iletilen mesaj | αρχικό μήνυμα
προωθημένο μήνυμα | thư gốc | thư đã chuyển tiếp | pesan asli | pesan terusan | הודעה מקורית
הודעה שהועברה | پیام اصلی | پیام ارسالی | پیام بازارسالی | پیام فوروارد شده | پیام هدایت شده
پیام ارجاع شده | ایمیل اصلی | نامه اصلی | الرسالة الأصلیة | رسالة أصلیة | رسالة معاد توجیهها
الرسالة المعاد توجیهها | رسالة محولة | الرسالة الاصلیة | 原始邮件 | 原始郵件 | 转发邮件 | 轉寄的郵件
转发的邮件 | 邮件原件 | 回复的原邮件 | 轉寄郵件 | 元のメッセージ | 転送メッセージ
オリジナルメッセージ | 원본 메시지 | 원본 메일 | 전달된 메시지
"""
"""What stands between dashes above a quoted or forwarded mail."""

FORWARD_LINES = """
begin forwarded message: | début du message transféré : | début du message réexpédié :
inicio del mensaje reenviado: | início da mensagem encaminhada: | início da mensagem reencaminhada:
inizio messaggio inoltrato: | anfang der weitergeleiteten nachricht:
anfang der weitergeleiteten e-mail: | begin doorgestuurd bericht: | start på videresendt besked:
videresendt besked: | vidarebefordrat brev: | välitetty viesti alkaa:
rozpoczęcie przekazanej wiadomości: | začátek přeposílané zprávy:
начало переадресованного сообщения: | початок листа, що пересилається:
iletilmiş mesajın başlangıcı: | reply message | 转发的邮件： | 開始轉寄郵件： | 转发邮件：
転送されたメッセージ: | 전달된 메시지: | شروع پیام هدایت شده: | شروع پیام بازارسال شده:
بدایة الرسالة المعاد توجیهها:
"""
"""The same without dashes, as whole lines."""

FROM = """
from | de | von | van | da | fra | från | od | lähettäjä | feladó | expeditor | expéditeur | kimden
gönderen | από | от | от кого | від | від кого | отправитель | từ | dari | 发件人 | 寄件者 | 寄件人
差出人 | 送信者 | 보낸사람 | 보낸 사람 | מאת | از | فرستنده | من | المرسل
"""

TO = """
to | cc | bcc | reply-to | à | pour | destinataire | répondre à | an | kopie | antwort an | aan
beantwoorden - aan | naar | para | a | risposta | til | till | kopia | do | dw | komu | kopie (cc)
vastaanottaja | kopio | címzett | către | kime | alıcı | bilgi | προς | κοιν. | кому | копия | копія
đến | kepada | 收件人 | 抄送 | 收件者 | 副本 | 宛先 | 받는사람 | 받는 사람 | 참조 | אל | עותק | به
گیرنده | رونوشت | کپی | إلی | الی | نسخة | المستلم | resposta para | responder a
"""

SUBJECT = """
subject | re | objet | betreff | onderwerp | assunto | asunto | oggetto | emne | ämne | temat
předmět | predmet | aihe | tárgy | subiect | konu | θέμα | тема | chủ đề | tiêu đề | perihal
subjek | 主题 | 主題 | 标题 | 件名 | 제목 | נושא | موضوع | الموضوع | عنوان
"""

DATE = """
date | sent | le | envoyé | envoyé le | date d'envoi | gesendet | datum | verzonden | enviada em
enviado em | enviado | enviado el | fecha | data | inviato | data di invio | sendt | dato | skickat
päivämäärä | lähetetty | wysłano | odesláno | odoslané | elküldve | dátum | trimis | tarih
gönderildi | gönderme tarihi | ημερομηνία | στάλθηκε | дата | отправлено | надіслано | đã gửi | ngày
tanggal | dikirim | 发送时间 | 日期 | 寄件日期 | 送信日時 | 日時 | 보낸날짜 | 보낸 날짜 | 날짜
תאריך | נשלח | تاریخ | ارسال شده | ارسال | زمان ارسال | تاریخ ارسال | فرستاده شده | التاریخ
تم الإرسال | تاریخ الإرسال | أرسلت | أُرسلت
"""
"""Names of the header fields that programs repeat above a quoted mail."""

SENT_FROM = r"""
(?:sent|send) (?:from|via|with|by|using)\b .{1,150}
from my .{1,30}
\w+ from mobile\b.{0,30}
get outlook for .{1,150}
sent via .{1,150}
(?:envoyé|envoye) (?:depuis|de|à partir de|avec|par|via) .{1,150}
(?:télécharge[rz]|obtenir|obtenez) outlook pour .{1,150}
von (?:meinem?|unterwegs|outlook|my)\b.{0,150}\bgesendet.{0,80}
gesendet (?:von|mit|aus|über)\b .{1,150}
diese (?:nachricht|e-?mail|mail) wurde (?:von|mit) .{1,150} gesendet.{0,40}
(?:holen sie sich|outlook für) .{0,40}\boutlook\b.{0,80}
(?:enviado|enviada) (?:desde|do|da|a partir do|via|con|com|pelo) .{1,150}
(?:obtener|obter) (?:o )?outlook para .{1,150}
inviato (?:da|dal|con|tramite) .{1,150}
(?:ottieni|scarica) outlook per .{1,150}
(?:sendt|sent) (?:fra|fra min|med) .{1,150}
(?:hent|få|skaffa|hämta) outlook (?:til|for|för) .{1,150}
(?:skickat|skickades) (?:från|med) .{1,150}
från min .{1,30}
(?:verzonden|verstuurd|gestuurd) (?:met|vanaf|vanuit|via|van) .{1,150}
(?:outlook voor|download outlook voor) .{1,80}
(?:lähetetty|lähetin) .{1,60}(?:stani|sta|stä|lla|puhelimesta).{0,30}
(?:wysłane|wysłano|wysłany) (?:z|ze|za pomocą|przy użyciu) .{1,150}
(?:odesláno|odoslané) (?:z|ze|zo) .{1,80}
(?:отправлено|надіслано|послано) (?:с|со|из|з|зі|через|від|от) .{1,150}
.{1,40}(?:'dan|'den|'tan|'ten|dan|den|ımdan|imden) gönderildi.{0,10}
εστάλη από .{1,60}
στάλθηκε από .{1,60}
(?:được gửi|gửi) từ .{1,60}
dikirim dari .{1,60}
從我的 .{1,30} 傳送
(?:发自|来自|發自|寄自|从我的).{1,60}
.{1,30}から送信.{0,10}
(?:나의 |내 )?.{1,30}에서 보냄
נשלח (?:מ|באמצעות).{1,60}
(?:ارسال شده|ارسالشده|فرستاده شده|ارسال) (?:از|توسط|با) .{1,60}
از .{1,30} (?:من )?(?:ارسال|فرستاده) شده?.{0,20}
(?:أرسلت|أُرسلت|تم الإرسال|مرسل|ارسلت|تم ارساله|مرسلة) (?:من|عبر|بواسطة) .{1,60}
"""
"""Patterns of the line that a telephone's mail program adds, one a line; the line begins with them."""

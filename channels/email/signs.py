"""By which words reports and automatic answers are known. Data only, read by `phrases.joined`."""

SENDERS = r"""
mailer-?daemon|postmaster@|postmaster\b|mail delivery (?:sub)?system|mail delivery service|delivery subsystem
mmdf|mail-?daemon|mta-?admin|mail administrator|bounce|do_not_reply@|root@|system administrator|majordomo-owner
"""
"""Who sends reports (in lower case)."""

SUBJECTS = r"""
undeliver|returned mail
delivery (?:status )?(?:notification|report|fail|problem|unsuccessful|has failed|issue|of )|failure notice
mail delivery|delivery failure|mail (?:failed|error|failure|system error)|non.?delivery|not (?:be )?deliver
could not send|rejected|undelivered|message (?:status|delivery|delayed|you sent)|warning: (?:could not|message)
nondeliverable|delivery-fail|bounced|user unknown|return(?:ed)? (?:to sender|message)|failed mail
failure delivery|failed delivery|メールエラー|エラー通知|配信エラー|unzustellbar|nicht zugestellt|non remis
non consegnat
no entregado|nije dostav|не доставлено|недоставлен|邮件退信|退信|無法傳送|配信不能|配信できません|unknown user
address (?:not found|unknown)|mail not delivered|mailbox (?:full|unavailable)|تحویل داده نشد|برگشت خورد
عدم التسليم|message has been (?:rejected|blocked|delayed)|transient|permanent|problem delivering|error sending
auto(?:matic)? answer: delivery
"""
"""How their subjects begin, or what they hold (in lower case)."""

SAID = r"""
remote (?:host|server)|server (?:said|responded|replied|returned)|host .{1,80} said|smtp error|<<< |rcpt to
following (?:address|recipient)
"""
"""What a server said follows."""

COMMAND = r"""
(?:in reply to|>>>|after|end of|response to|during|smtp command|command was:?|command[: ]|\bsent\b)
...\W{0,3}\s{0,3}(?:smtp )?\W{0,3}(end of data|helo|ehlo|starttls|auth|mail from|mail f|mail\b|rcpt to|rcpt t|
...rcpt\b|data\b|quit|initial connection|connect)
"""
"""After which command of SMTP it was said: the one group."""

RETURNED = r"""
^(?:received:\s|return-path:\s|x-[a-z-]{2,40}:\s|mime-version:|message-id:|dkim-signature:|\W{0,6}(?:-{2,}|
...={2,}|_{2,})?\W{0,3}(?:(?:this|here|below|following|the following|the) (?:is|are|line is|this line is|
...this is)?.{0,20}(?:a )?(?:copy|original(?! (?:message|mail) was (?:received|sent))|returned|unsent|
...beginning)|original (?:message|mail)(?! was (?:received|sent))|unsent message|message header|
...returned message|message text follows|message contents|undelivered message|header of the|start of returned|
...the message you sent|your message (?:reads|header)|included is|the (?:first|attached) |
...message from .{0,60} follows|begin of the original|.{0,12}copy of (?:the|your) (?:message|original|mail)|
...--- the (?:body|header)))
"""
"""From here on the mail that came back is quoted."""

PERMANENT = r"""
\bpermanent|\bfatal|giving up|gave up|undeliverable|failed permanently
"""
"""It will not be tried again."""

TEMPORARY = r"""
\btemporar|persistent|\btransient|will (?:be retried|continue|retry|keep trying)|still being (?:retried|tried)
delayed|do not need to resend|warning message only
"""
"""It may work later."""

DELAYED = r"""
will (?:be retried|continue|keep trying|retry|try again)|still (?:being|trying)|has been delayed
delivery (?:is |was |has been )?delayed|do not need to resend|warning message only|not yet been delivered
delivery attempts will continue
"""
"""It is still being tried."""

AWAY = r"""
^(?:re: ?|aw: ?|fwd: ?)?(?:out of (?:the )?office|automatic(?:ally generated)? reply|auto(?:matic)
...?[ -]?(?:reply|response|answer|responder)|autoreply|auto:|away (?:from|until)|i am (?:away|out)|
...on (?:vacation|holiday|leave)|vacation|holiday notice|absence|abwesend|abwesenheit|automatische antwort|
...réponse automatique|absent du bureau|message d'absence|respuesta automática|fuera de (?:la )?oficina|
...resposta automática|ausência|risposta automatica|fuori sede|automatisch antwoord|afwezig|autosvar|
...automatisk svar|fraværende|frånvaro|automaattinen vastaus|poissa|automatyczna odpowiedź|
...odpowiedź automatyczna|automatická odpověď|автоответ|автоматический ответ|автоматична відповідь|
...otomatik yan[ıi]t|ofis dışında|自动回复|自動回覆|自動応答|自動返信|不在通知|자동 ?회신|부재중|
...پاسخ خودکار|پاسخ اتوماتیک|خارج از دفتر|
...در مرخصی|رد تلقائي|الرد التلقائي|خارج المكتب|מענה אוטומטי|תשובה אוטומטית)
"""
"""Subjects of automatic answers."""

import type { botLaunchEn } from "./bot_launch.en";

/** راه نسخه‌ها به سوی مشتریان و بازگشت، به فارسی. */
export const botLaunchFa: Record<keyof typeof botLaunchEn, string> = {
  "versions.role.waiting": "در انتظار",
  "versions.waits":
    "{version} در انتظار است: {n} گفتگو هنوز با {other} است. وقتی پایان یابند یا به همکاری سپرده شوند خودبه‌خود پیش می‌رود.|{version} در انتظار است: {n} گفتگو هنوز با {other} است. وقتی پایان یابند یا به همکاری سپرده شوند خودبه‌خود پیش می‌رود.",
  "versions.waits.soon": "{version} دمی منتظر است تا گفتگوهای {other} شمرده شوند.",
  "versions.returns": "{version} به جای خود برمی‌گردد.",
  "versions.roll_back": "بازگشت به {version}",
  "versions.cancel": "لغو",
  "versions.cancelled": "لغو شد. همه‌چیز همان است که بود.",
  "versions.hurry": "بدون انتظار…",
  "activate.at_once":
    "بدون انتظار: {n} گفتگو با {version} ادامه یابد|بدون انتظار: {n} گفتگو با {version} ادامه یابد",
  "activate.at_once.hint":
    "این گفتگوها با نسخهٔ دیگری آغاز شده‌اند و شاید در میانهٔ فرمی باشند. دلیل شما کنار این نسخه می‌ماند (دست‌کم ۱۰ نویسه).",
  "history.title": "تاریخچه",
  "history.lead": "چه کسی آموزشش داد، چه کسی به کارش انداخت یا برش گرداند، و چرا.",
  "history.trained": "{name} آموزشش داد",
  "history.activated": "{name} برای {share} گفتگوهای تازه به کارش انداخت",
  "history.live": "بارگذاری شد و به مشتریان رسید",
  "history.cancelled": "{name} به کار انداختنش را لغو کرد",
  "history.rolled_back": "{name} از این نسخه بازگشت",
  "history.returned": "{name} از نسخهٔ دیگری به این نسخه بازگشت",
  "history.stuck": "در پنج دقیقه هیچ سروری بارش نکرد",
  "history.hub": "سامانه",
  "history.reason": "دلیل: {reason}",
  "history.unmet": "با آنکه این شرط برقرار نبود: {names}",
  "history.moved": "{n} گفتگو با نسخهٔ دیگری ادامه یافت|{n} گفتگو با نسخهٔ دیگری ادامه یافت",
  "gate.accuracy": "درستی",
  "gate.f1_drop": "F1",
  "gate.broken": "جمله‌های بدترشده",
  "gate.stories": "گفتگوهای سنجاق‌شده",
  "gate.untold": "گفتگوهای سنجاق‌شدهٔ آزموده‌نشده",
  "report.gate.f1_drop.none": "F1: چیزی برای مقایسه نیست؛ نسخهٔ فعال گزارشی ندارد یا همین نسخه است",
  "report.gate.broken.none":
    "جمله‌های بدترشده: چیزی برای مقایسه نیست؛ نسخهٔ فعال گزارشی ندارد یا همین نسخه است",
  "report.gate.untold": "{figure} گفتگوی سنجاق‌شده پس از آزمون این نسخه تازه یا عوض شده؛ هیچ‌کدام نباید باشد",
  "gates.broken.hint":
    "در برابر نسخهٔ فعال و روی جمله‌های آزمون هر دو شمرده می‌شود. دو آموزش هرگز یکسان نیستند: چند جمله به تصادف برمی‌گردند.",
  "gates.pinned": "گفتگوهای سنجاق‌شده، چنان که اکنون‌اند، باید همه بگذرند.",
  "runs.again": "اجرای دوبارهٔ گفتگوهای سنجاق‌شده",
  "runs.again.wait": "گفتگوهای سنجاق‌شده اجرا می‌شوند…",
  "runs.again.failed": "اجرا نشدند: {why}.",
  "field.at_once": "بدون انتظار",
  "audit.do.bot.activate.cancel": "به کار انداختن نسخهٔ {target} ربات را لغو کرد",
  "audit.do.bot.version.tell_pins": "گفتگوهای سنجاق‌شده را با نسخهٔ {target} اجرا کرد",
};

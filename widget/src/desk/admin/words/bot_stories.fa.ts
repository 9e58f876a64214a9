import type { botStoriesEn } from "./bot_stories.en";

/** گفتگوهای سنجاق‌شده به فارسی. */
export const botStoriesFa: Record<keyof typeof botStoriesEn, string> = {
  "nav.stories": "گفتگوهای سنجاق‌شده",
  "nav.stories.hint": "آزمون‌هایی که هر نسخه باید بگذراند",

  "stories.title": "گفتگوهای سنجاق‌شده",
  "stories.lead":
    "گفتگوهای واقعی، با داده‌های پوشانده، و آنچه ربات باید بفهمد و پاسخ دهد. هر نسخه هنگام آموزش با آنها آزموده می‌شود؛ نسخه‌ای که رد شود بی دلیل نوشته‌شده به کار نمی‌افتد.",
  "stories.new": "نوشتن یکی",
  "stories.none": "هنوز چیزی سنجاق نشده",
  "stories.none.hint":
    "گفتگویی را در میز کار (Ctrl+K) یا در «برای بازبینی» سنجاق کنید تا آزمونی شود که هر نسخه باید بگذراند.",
  "stories.turns": "پیام‌ها",
  "stories.turns.n": "{n} پیام|{n} پیام",
  "stories.by": "سنجاق‌کننده",
  "stories.pin.title": "سنجاق کردن گفتگو",
  "stories.pin.short": "سنجاق به‌عنوان آزمون",
  "stories.empty": "ربات در این گفتگو سخنی نداشت",
  "stories.empty.hint": "تنها آنچه ربات پاسخ داده می‌تواند آزمون شود.",
  "stories.created": "«{name}» سنجاق شد. نسخهٔ بعد با آن آزموده می‌شود.",
  "stories.deleted": "«{name}» دیگر آزمون نیست.",
  "stories.delete": "حذف",
  "stories.delete.ask": "حذف این آزمون…",
  "stories.delete.title": "«{name}» حذف شود؟",
  "stories.delete.text": "نسخه‌ها دیگر با آن آزموده نمی‌شوند. گزارش‌های پیشین نتیجه‌اش را نگه می‌دارند.",
  "stories.add": "افزودن پیام",
  "stories.drop": "حذف پیام {n}",
  "stories.says": "مشتری می‌نویسد",
  "stories.presses": "مشتری دکمهٔ {payload} را می‌زند",
  "stories.intent": "باید چنین فهمیده شود",
  "stories.action": "باید برسد به",
  "stories.any": "هرچه باشد",
  "stories.problem": "هر پیام باید متنی داشته باشد.",

  "field.turns": "پیام‌ها",

  "runs.title": "گفتگوهای سنجاق‌شده",
  "runs.lead": "این نسخه با آنها چه کرد. هر کدام را باز کنید تا پیام‌هایش را ببینید.",
  "runs.none": "هنوز با هیچ گفتگوی سنجاق‌شده‌ای آزموده نشده است.",
  "runs.passed": "گذراند",
  "runs.failed": "رد شد",
  "runs.said": "فهمید {intent} ({confidence})، انجام داد {actions}",
  "runs.nothing": "هیچ",
  "runs.wanted": "انتظار: {wanted}",
  "runs.untold": "تا پایان گفته نشد: {error}",
  "report.gate.stories": "{figure} گفتگوی سنجاق‌شده رد شد؛ هیچ‌کدام نباید",

  "audit.do.bot.story.create": "گفتگوی {target} را آزمون ربات کرد",
  "audit.do.bot.story.change": "گفتگوی سنجاق‌شدهٔ {target} را عوض کرد",
  "audit.do.bot.story.delete": "گفتگوی سنجاق‌شدهٔ {target} را برداشت",
};

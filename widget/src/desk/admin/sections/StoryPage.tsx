/** One pinned conversation, or one that is about to be pinned: `new`, or `new:<conversation>`. */
import type { JSX } from "preact";
import { useRef, useState } from "preact/hooks";
import { Trash } from "../../../ui/icons";
import { Empty } from "../../parts/common";
import { toast } from "../../toasts";
import { type Story, type StoryList, wrongTurns } from "../model/stories";
import { to } from "../nav";
import { Turns } from "../parts/bot/Turns";
import { ConfirmDialog } from "../parts/dialogs";
import { Form } from "../parts/FormParts";
import { TextField } from "../parts/fields";
import { letGo } from "../parts/guard";
import { Block, LoadFailed, Page, Waiting } from "../parts/Page";
import { useDraft } from "../parts/useDraft";
import { useFetched } from "../parts/useFetched";
import { storiesApi } from "../storiesApi";
import { t } from "../words";

const FIELDS = ["name", "turns"] as const;
const LONGEST_NAME = 100;
const FRESH = { text: "", lang: "fa", intent: "", action: "", payload: "" } as const;

interface Found extends StoryList {
  story: Story | null;
}

async function find(id: string): Promise<Found> {
  const list = await storiesApi.all();
  const [isNew, conversation = ""] = id.split(":");
  if (isNew !== "new") return { ...list, story: list.stories.find((one) => one.id === id) ?? null };
  const turns = conversation ? (await storiesApi.draft(conversation)).turns : [FRESH];
  return { ...list, story: { id: "", name: "", turns, conversation, by_name: "", at: 0, version: 0 } };
}

export function StoryPage({ id }: { id: string }): JSX.Element {
  const found = useFetched(() => find(id));
  const isNew = id === "new" || id.startsWith("new:");
  const title = t(isNew ? "stories.pin.title" : "stories.title");
  if (found.data?.story?.turns.length) {
    return <StoryForm story={found.data.story} list={found.data} isNew={isNew} />;
  }
  return (
    <Page title={title} parent="stories">
      {found.error ? (
        <LoadFailed error={found.error} retry={() => void found.load()} />
      ) : !found.data ? (
        <Waiting />
      ) : isNew ? (
        <Empty title={t("stories.empty")} hint={t("stories.empty.hint")} />
      ) : (
        <Empty title={t("admin.nowhere")} hint={t("admin.nowhere.hint")} />
      )}
    </Page>
  );
}

function StoryForm({ story, list, isNew }: { story: Story; list: StoryList; isNew: boolean }): JSX.Element {
  const [asks, setAsks] = useState(false);
  const version = useRef(story.version);
  const draft = useDraft<Story>({
    stored: story,
    isNew,
    fields: FIELDS,
    check: (one) => ({
      ...(one.name.trim() ? {} : { name: { key: "required" } }),
      ...([...one.name].length > LONGEST_NAME ? { name: { key: "long", params: { n: LONGEST_NAME } } } : {}),
      ...(wrongTurns(one.turns) ? { turns: { key: "required" } } : {}),
    }),
    latest: isNew
      ? undefined
      : async () => (await storiesApi.all()).stories.find((one) => one.id === story.id) ?? null,
    send: (_, { name, turns, conversation, version: seen }) =>
      isNew
        ? storiesApi.pin({ name, turns, conversation })
        : storiesApi.change(story.id, { name, turns, version: seen }),
    saved: (stored) => {
      version.current = stored.version;
      if (!isNew) return;
      toast(t("stories.created", { name: stored.name }));
      to("stories", stored.id);
    },
  });
  const { bind, value } = draft;
  return (
    <Page
      title={isNew ? t("stories.pin.title") : story.name}
      parent="stories"
      lead={
        value.conversation && (
          <a href={`/desk/all/${encodeURIComponent(value.conversation)}`}>{t("review.see")}</a>
        )
      }
    >
      <Form draft={draft} onCancel={isNew ? () => to("stories") : undefined}>
        <Block title={t("bot.name")}>
          <TextField {...bind("name")} label={t("bot.name")} first={isNew} />
        </Block>
        <Block title={t("stories.turns")}>
          <Turns {...bind("turns")} list={list} problemAt={draft.problemAt} />
        </Block>
      </Form>
      {!isNew && (
        <Block title={t("stories.delete")}>
          <div>
            <button type="button" class="button button-warn" onClick={() => setAsks(true)}>
              <Trash size={16} />
              {t("stories.delete.ask")}
            </button>
          </div>
        </Block>
      )}
      {asks && (
        <ConfirmDialog
          title={t("stories.delete.title", { name: story.name })}
          text={t("stories.delete.text")}
          word={story.name}
          action={t("stories.delete")}
          run={async () => {
            await storiesApi.remove(story.id, version.current);
            letGo();
            to("stories");
            toast(t("stories.deleted", { name: story.name }));
          }}
          onClose={() => setAsks(false)}
        />
      )}
    </Page>
  );
}

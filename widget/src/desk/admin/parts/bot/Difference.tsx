/** What a version was taught that another one was not. */
import type { JSX } from "preact";
import { useEffect, useState } from "preact/hooks";
import { asRefusal } from "../../api";
import { botApi, type VersionDiff } from "../../botApi";
import { follow, hrefOf } from "../../nav";
import { versions } from "../../store";
import { refusalText, t } from "../../words";
import { Block, Waiting } from "../Page";
import { Wrong } from "../Wrong";
import { IntentLink } from "./ReportParts";

const SHOWN = 20;

export function Difference({ number }: { number: number }): JSX.Element {
  const [other, setOther] = useState("");
  const [found, setFound] = useState<VersionDiff | null>(null);
  const [problem, setProblem] = useState<string | null>(null);
  useEffect(() => {
    let here = true;
    setFound(null);
    setProblem(null);
    botApi.diff(number, other).then(
      (it) => here && setFound(it),
      (error) => here && setProblem(refusalText(asRefusal(error).code)),
    );
    return () => {
      here = false;
    };
  }, [number, other]);
  const others = (versions.data.value?.versions ?? []).filter((one) => one.number !== number);
  const same = found && [found.intents, found.responses, found.files].every((all) => all.length === 0);
  return (
    <Block title={t("diff.title")} lead={t("diff.lead")}>
      <label class="control-row">
        <span>{t("diff.with")}</span>
        <select
          class="control diff-with"
          value={other || String(found?.before ?? "")}
          onChange={(event) => setOther(event.currentTarget.value)}
        >
          <option value="0">{t("versions.built_in")}</option>
          {others.map((one) => (
            <option key={one.number} value={String(one.number)}>
              {t("versions.number", { n: one.number })}
            </option>
          ))}
        </select>
      </label>
      <Wrong role="alert">{problem}</Wrong>
      {!found && !problem && <Waiting rows={2} />}
      {same && <p class="quiet">{t("diff.same")}</p>}
      {found && !same && (
        <ul class="diff">
          {found.intents.map((one) => (
            <li key={one.name}>
              <IntentLink name={one.name} />
              <Words sign="+" words={one.added} />
              <Words sign="−" words={one.removed} />
            </li>
          ))}
          {found.responses.map((one) => (
            <li key={`says ${one.name}`}>
              {t("diff.says")}{" "}
              <a
                href={hrefOf("responses", one.name)}
                onClick={(event) => follow(event, "responses", one.name)}
              >
                <bdi>{one.name}</bdi>
              </a>
              <Words sign="+" words={one.added} />
              <Words sign="−" words={one.removed} />
            </li>
          ))}
          {found.files.map((one) => (
            <li key={one}>
              <bdi dir="ltr">{one}</bdi> <span class="quiet">{t("diff.file")}</span>
            </li>
          ))}
        </ul>
      )}
    </Block>
  );
}

function Words({ sign, words }: { sign: "+" | "−"; words: readonly string[] }): JSX.Element {
  const Tag = sign === "+" ? "ins" : "del";
  return (
    <>
      {words.slice(0, SHOWN).map((one) => (
        <p key={one}>
          <span aria-hidden="true">{sign}</span>
          <Tag>
            <bdi>{one}</bdi>
          </Tag>
        </p>
      ))}
      {words.length > SHOWN && <p class="quiet">{t("form.more", { n: words.length - SHOWN })}</p>}
    </>
  );
}

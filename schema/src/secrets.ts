import { CHECKSUM_LENGTH, tokenChecksum } from "./token-checksum.ts";

/** A secret in a text. The secret itself is not part of it: findings are stored, logged and shown. */
export interface Secret {
  kind: "private-key" | "token";
  /** What it is, for people: "GitHub token". */
  label: string;
  /** The part that is the same for all of its kind, such as `ghp_`. */
  prefix: string;
  offset: number;
}

interface TokenRule {
  label: string;
  /**
   * Group 1 is the fixed part, group 2 the random one: of one length, or open-ended so that it takes the whole run.
   * A range such as {20,90} would be tried again from every start in a long run, in quadratic time.
   */
  pattern: string;
  /** A further condition on the random part. */
  isReal?: (random: string) => boolean;
}

const TOKEN_RULES: TokenRule[] = [
  { label: "GitHub token", pattern: "(gh[pousr]_)([A-Za-z0-9]{36})", isReal: hasChecksum },
  // The checksum of this format is not published, so its look decides.
  { label: "GitHub fine-grained token", pattern: "(github_pat_)([A-Za-z0-9]{22}_[A-Za-z0-9]{59})" },
  { label: "npm token", pattern: "(npm_)([A-Za-z0-9]{36})", isReal: hasChecksum },
  {
    label: "token of a skills registry",
    pattern: "(skl_)([A-Za-z0-9_-]{43}[A-Za-z0-9]{6})",
    isReal: hasChecksum,
  },
  // The form without a checksum, which is good for as long as such tokens are.
  { label: "token of a skills registry", pattern: "(skl_)([A-Za-z0-9_-]{43})" },
  { label: "AWS access key", pattern: "(AKIA|ASIA)([A-Z2-7]{16})" },
  {
    label: "AWS secret key",
    pattern:
      "((?:aws_secret_access_key|AWS_SECRET_ACCESS_KEY|[sS]ecretAccessKey)[\"']?[ \\t]{0,4}[:=][ \\t]{0,4}[\"']?)([A-Za-z0-9/+]{40})",
  },
  { label: "Slack token", pattern: "(xox[abeoprs]-)([0-9]{9,14}-[0-9A-Za-z-]{20,})" },
  { label: "Slack app token", pattern: "(xapp-1-)([A-Z0-9]{9,12}-[0-9]{10,14}-[a-f0-9]{64})" },
  {
    label: "Slack webhook",
    pattern: "(hooks\\.slack\\.com/services/)(T[A-Z0-9]{8,12}/B[A-Z0-9]{8,12}/[A-Za-z0-9]{24})",
  },
  { label: "Stripe live key", pattern: "([sr]k_live_)([A-Za-z0-9]{24,})" },
  { label: "Google API key", pattern: "(AIza)([A-Za-z0-9_-]{35})" },
  { label: "Google OAuth secret", pattern: "(GOCSPX-)([A-Za-z0-9_-]{28})" },
  { label: "Anthropic key", pattern: "(sk-ant-(?:api|admin|oat|ort)[0-9]{2}-)([A-Za-z0-9_-]{80,})" },
  { label: "OpenRouter key", pattern: "(sk-or-v1-)([a-f0-9]{64})" },
  {
    label: "OpenAI key",
    pattern: "(sk-)([A-Za-z0-9_-]{40,})",
    isReal: (random) => random.length < 200 && random.includes("T3BlbkFJ"),
  },
  { label: "GitLab token", pattern: "(gl(?:pat|ptt|dt|rt|cbt|ft|oas|agent|soat)-)([A-Za-z0-9_-]{20,})" },
  { label: "Hugging Face token", pattern: "(hf_)([A-Za-z0-9]{34})" },
  { label: "PyPI token", pattern: "(pypi-AgEIcHlwaS5vcmc)([A-Za-z0-9_-]{50,})" },
  { label: "SendGrid key", pattern: "(SG\\.)([A-Za-z0-9_-]{22}\\.[A-Za-z0-9_-]{43})" },
  { label: "DigitalOcean token", pattern: "(do[opr]_v1_)([a-f0-9]{64})" },
  { label: "Shopify token", pattern: "(shp(?:at|ca|pa|ss)_)([a-fA-F0-9]{32})" },
  { label: "Docker token", pattern: "(dckr_(?:pat|oat)_)([A-Za-z0-9_-]{27,})" },
  { label: "Databricks token", pattern: "(dapi)([a-f0-9]{32})" },
  { label: "Linear key", pattern: "(lin_api_)([A-Za-z0-9]{40})" },
  { label: "Groq key", pattern: "(gsk_)([A-Za-z0-9]{52})" },
  { label: "xAI key", pattern: "(xai-)([A-Za-z0-9]{80})" },
  { label: "Replicate token", pattern: "(r8_)([A-Za-z0-9]{37})" },
  { label: "Perplexity key", pattern: "(pplx-)([A-Za-z0-9]{48})" },
  { label: "Notion token", pattern: "(ntn_)([0-9]{11}[A-Za-z0-9]{35})" },
  { label: "Telegram bot token", pattern: "([0-9]{8,10}:AA)([A-Za-z0-9_-]{33})" },
  { label: "Vault token", pattern: "(hvs\\.)([A-Za-z0-9_-]{90,})" },
  { label: "Grafana token", pattern: "(glsa_)([A-Za-z0-9]{32}_[a-f0-9]{8})" },
  { label: "Supabase token", pattern: "(sbp_)([a-f0-9]{40})" },
  { label: "Azure storage key", pattern: "(AccountKey=)([A-Za-z0-9+/]{86})" },
  { label: "age secret key", pattern: "(AGE-SECRET-KEY-1)([02-9AC-HJ-NP-Z]{58})" },
];

/**
 * All rules in one pass; each rule contributes the two groups of its pattern. Word characters around it belong to something
 * else, save the letter of a line break or tab that is escaped, as in JSON.
 */
const TOKENS = new RegExp(
  `(?<=^|[^A-Za-z0-9]|\\\\[nrt])(?:${TOKEN_RULES.map(({ pattern }) => `${pattern}(?![A-Za-z0-9_])`).join("|")})`,
  "g",
);

const KEY_BEGIN = /-----BEGIN ((?:[A-Z0-9]{1,12} ){0,3})PRIVATE KEY(?: BLOCK)?-----/g;

/** Base64 characters of the shortest private key, an Ed25519 one in PKCS #8, are 64; placeholders have fewer. */
const KEY_BODY_MIN = 60;
/** Longest body that is looked at; RSA keys of 16,384 bits have 12,700 characters. */
const KEY_BODY_MAX = 16 * 1024;

/** Bits per character below which a value is no random one. Sixteen random base32 characters have 3 to 4. */
const ENTROPY_MIN = 2.8;

const FAKE_WORDS =
  /example|sample|dummy|fake|placeholder|redacted|change.?me|your|secret|token|xxxx|0000|1234|abcd|\.\.\./i;

/** Every live-looking secret, in the order of the text. Time is linear in the text. */
export function findSecrets(text: string): Secret[] {
  return [...findTokens(text), ...findPrivateKeys(text)].toSorted((a, b) => a.offset - b.offset);
}

function findTokens(text: string): Secret[] {
  const secrets: Secret[] = [];
  for (const match of text.matchAll(TOKENS)) {
    const index = TOKEN_RULES.findIndex((_, rule) => match[2 * rule + 1] !== undefined);
    const rule = TOKEN_RULES[index];
    const random = match[2 * index + 2] ?? "";
    if (rule === undefined || looksFake(random) || rule.isReal?.(random) === false) continue;
    secrets.push({
      kind: "token",
      label: rule.label,
      prefix: match[2 * index + 1] ?? "",
      offset: match.index,
    });
  }
  return secrets;
}

function findPrivateKeys(text: string): Secret[] {
  const secrets: Secret[] = [];
  for (const match of text.matchAll(KEY_BEGIN)) {
    const start = match.index + match[0].length;
    const close = text.indexOf("-----", start);
    const end = Math.min(close === -1 ? text.length : close, start + KEY_BODY_MAX);
    if (!isKeyBody(text.slice(start, end))) continue;
    secrets.push({
      kind: "private-key",
      label: `${match[1] ?? ""}private key`,
      prefix: "-----BEGIN",
      offset: match.index,
    });
  }
  return secrets;
}

/** True for enough base64 that is no placeholder. Header lines, indentation, quotes and escaped line breaks around it are fine. */
function isKeyBody(body: string): boolean {
  const bare = body.replace(/^[A-Za-z-]{1,40}: .{0,200}$/gm, "").replace(/\\[nr]|[\s"'+,>|#*;]/g, "");
  if (bare.length < KEY_BODY_MIN || !/^[A-Za-z0-9/+=_-]+$/.test(bare)) return false;
  return (
    entropy(bare) >= ENTROPY_MIN &&
    !/example|placeholder|redacted|your.?(?:private|key)|x{8}|\.\.\./i.test(bare)
  );
}

/** True for values that people make up: words, repetition, counting, too few different characters. */
function looksFake(random: string): boolean {
  return FAKE_WORDS.test(random) || entropy(random) < ENTROPY_MIN || countsUp(random);
}

/** True when a third of the neighbours are equal or next to each other, as in `abc123def456`; random ones reach a tenth. */
function countsUp(text: string): boolean {
  let near = 0;
  for (let index = 1; index < text.length; index += 1) {
    if (Math.abs(text.charCodeAt(index) - text.charCodeAt(index - 1)) <= 1) near += 1;
  }
  return near > text.length / 3;
}

/** Shannon entropy, in bits per character. */
function entropy(text: string): number {
  const counts = new Map<string, number>();
  for (const character of text) counts.set(character, (counts.get(character) ?? 0) + 1);
  let bits = 0;
  for (const count of counts.values()) bits -= (count / text.length) * Math.log2(count / text.length);
  return bits;
}

/** GitHub and npm end a token with it, as we do. */
function hasChecksum(random: string): boolean {
  return random.endsWith(tokenChecksum(random.slice(0, -CHECKSUM_LENGTH)));
}

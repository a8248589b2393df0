import { createHash } from "node:crypto";
import { crc32 } from "node:zlib";

/** Live-looking secrets, made at run time so that no scanner trips over the repository. None of them opens anything. */

const BASE62 = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
const BASE32 = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
const HEX = "0123456789abcdef";

/** Text that looks random and is the same in every run. */
function noise(seed: string, length: number, alphabet = BASE62): string {
  let text = "";
  for (let round = 0; text.length < length; round += 1) {
    const digest = createHash("sha256").update(`${seed}-${round}`).digest();
    for (const byte of digest) text += alphabet[byte % alphabet.length] ?? "";
  }
  return text.slice(0, length);
}

/** As GitHub and npm make them: 30 random characters and their CRC-32 in base 62. Ours have 43. */
export function checksummed(prefix: string, length = 30): string {
  const random = noise(prefix, length);
  let sum = BigInt(crc32(random));
  let digits = "";
  while (digits.length < 6) {
    digits = (BASE62[Number(sum % 62n)] ?? "") + digits;
    sum /= 62n;
  }
  return prefix + random + digits;
}

/** One secret per provider. */
export const secretTokens: Record<string, string> = {
  "GitHub token": checksummed("ghp_"),
  "GitHub app token": checksummed("ghs_"),
  "GitHub fine-grained token": `github_pat_${noise("pat1", 22)}_${noise("pat2", 59)}`,
  "npm token": checksummed("npm_"),
  "registry token": checksummed("skl_", 43),
  "registry token without a checksum": `skl_${noise("skl", 43)}`,
  "AWS access key": `AKIA${noise("aws", 16, BASE32)}`,
  "AWS secret key": `aws_secret_access_key = ${noise("aws2", 40)}`,
  "Slack token": `xoxb-${noise("s1", 12, "123456789")}-${noise("s2", 12, "123456789")}-${noise("s3", 24)}`,
  "Slack webhook": `https://hooks.slack.com/services/T${noise("w1", 9, BASE32)}/B${noise("w2", 9, BASE32)}/${noise("w3", 24)}`,
  "Stripe live key": `sk_live_${noise("stripe", 24)}`,
  "Google API key": `AIza${noise("google", 35)}`,
  "Anthropic key": `sk-ant-api03-${noise("anthropic", 93)}AA`,
  "OpenAI key": `sk-proj-${noise("openai1", 58)}T3BlbkFJ${noise("openai2", 58)}`,
  "GitLab token": `glpat-${noise("gitlab", 20)}`,
  "Hugging Face token": `hf_${noise("hf", 34)}`,
  "DigitalOcean token": `dop_v1_${noise("do", 64, HEX)}`,
  "AWS secret key as the AWS command prints it": `"SecretAccessKey": "${noise("aws3", 40)}"`,
  "OpenRouter key": `sk-or-v1-${noise("or", 64, HEX)}`,
  "Groq key": `gsk_${noise("groq", 52)}`,
  "xAI key": `xai-${noise("xai", 80)}`,
  "Replicate token": `r8_${noise("r8", 37)}`,
  "Perplexity key": `pplx-${noise("pplx", 48)}`,
  "Notion token": `ntn_${noise("ntn", 11, "123456789")}${noise("ntn2", 35)}`,
  "Telegram bot token": `${noise("tg", 10, "123456789")}:AA${noise("tg2", 33)}`,
  "Vault token": `hvs.${noise("hvs", 92)}`,
  "Grafana token": `glsa_${noise("glsa", 32)}_${noise("glsa2", 8, HEX)}`,
  "Supabase token": `sbp_${noise("sbp", 40, HEX)}`,
  "Azure storage key": `AccountKey=${noise("azure", 86)}==`,
  "age secret key": `AGE-SECRET-KEY-1${noise("age", 58, "QPZRY9X8GF2TVDW0S3JN54KHCE6MUA7L")}`,
};

/** A private key block with a body that looks real. */
export function privateKey(kind = "", body = noise("key", 320)): string {
  const lines = body.match(/.{1,64}/g) ?? [];
  return [`-----BEGIN ${kind}PRIVATE KEY-----`, ...lines, `-----END ${kind}PRIVATE KEY-----`, ""].join("\n");
}

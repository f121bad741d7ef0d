// OpenAI's own client for Node against the sample, whose address is in SAMPLE_URL. The keys and
// what they allow are those of the Java tests that start the sample.

import assert from "node:assert/strict";
import { test } from "node:test";
import OpenAI from "openai";

const ASKED = {
  model: "gpt-5-mini",
  max_completion_tokens: 400,
  messages: [{ role: "user", content: "What is a tollgate?" }],
};

/** A client that writes down each of its attempts. */
function client(apiKey) {
  const attempts = [];
  const recording = async (url, options) => {
    const at = performance.now();
    const response = await fetch(url, options);
    attempts.push({ at, answered: performance.now(), headers: response.headers });
    return response;
  };
  const baseURL = `${process.env.SAMPLE_URL}/v1`;
  return { attempts, openai: new OpenAI({ apiKey, baseURL, maxRetries: 3, fetch: recording }) };
}

test("answers", async () => {
  const { openai } = client("ample");
  const completion = await openai.chat.completions.create(ASKED);
  assert.match(completion.choices[0].message.content, /What is a tollgate/);
  assert.equal(completion.choices[0].finish_reason, "stop");
  assert.ok(completion.usage.completion_tokens > 0);
});

test("streams the same answer", async () => {
  const { openai } = client("ample");
  const whole = await openai.chat.completions.create(ASKED);
  const stream = await openai.chat.completions.create({
    ...ASKED,
    stream: true,
    stream_options: { include_usage: true },
  });
  let text = "";
  let usage = null;
  let chunks = 0;
  for await (const chunk of stream) {
    text += chunk.choices[0]?.delta.content ?? "";
    usage = chunk.usage ?? usage;
    chunks += 1;
  }
  assert.equal(text, whole.choices[0].message.content);
  assert.deepEqual(usage, whole.usage);
  assert.ok(chunks > 10);
});

test("waits as long as a refusal says, then gets its answer", async () => {
  const { attempts, openai } = client("brief-node");
  await openai.chat.completions.create(ASKED);
  await openai.chat.completions.create(ASKED);
  assert.equal(attempts.length, 3);
  const [, refused, admitted] = attempts;
  const millis = Number(refused.headers.get("retry-after-ms"));
  assert.ok(millis > 0 && millis <= 6000, `told to wait ${millis} ms`);
  assert.equal(refused.headers.get("retry-after"), String(Math.ceil(millis / 1000)));
  assert.ok(admitted.at - refused.answered >= millis - 1);
});

test("does not retry what would take too long", async () => {
  const { attempts, openai } = client("spent-node");
  await openai.chat.completions.create(ASKED);
  const refused = await openai.chat.completions.create(ASKED).catch((error) => error);
  assert.ok(refused instanceof OpenAI.RateLimitError, String(refused));
  assert.equal(refused.code, "rate_limit_exceeded");
  assert.equal(refused.headers.get("x-should-retry"), "false");
  assert.equal(attempts.length, 2);
});

test("tries a spent budget once", async () => {
  const { attempts, openai } = client("ample");
  const refused = await openai.chat.completions
    .create({ ...ASKED, model: "acme-large" })
    .catch((error) => error);
  assert.ok(refused instanceof OpenAI.RateLimitError, String(refused));
  assert.equal(refused.code, "insufficient_quota");
  assert.equal(refused.headers.get("retry-after"), null);
  assert.equal(attempts.length, 1);
});

test("understands that a key is not known", async () => {
  const { attempts, openai } = client("nobody");
  await assert.rejects(openai.chat.completions.create(ASKED), OpenAI.AuthenticationError);
  assert.equal(attempts.length, 1);
});

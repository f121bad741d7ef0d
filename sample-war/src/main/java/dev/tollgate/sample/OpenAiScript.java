package dev.tollgate.sample;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.tollgate.sample.SimulatedModel.Text;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Writes the simulated provider's answers as OpenAI's chat completions are. Immutable. */
final class OpenAiScript implements SimulatedScript {

  /** A fixed time, so that the same request gets the same bytes: 2026-01-01T00:00Z. */
  private static final long CREATED = 1_767_225_600;

  private final SimulatedAnswer answer;
  private final boolean showUsage;

  /**
   * @param showUsage whether a stream ends with an event that has the usage and no choice
   */
  OpenAiScript(SimulatedAnswer answer, boolean showUsage) {
    this.answer = answer;
    this.showUsage = showUsage;
  }

  @Override
  public ObjectNode whole() {
    ObjectNode body = envelope("chat.completion");
    var choices = body.putArray("choices");
    for (int i = 0; i < answer.choices().size(); i++) {
      Text text = answer.choices().get(i);
      ObjectNode choice = choices.addObject().put("index", i).put("finish_reason", reason(text));
      choice.putNull("logprobs");
      ObjectNode message = choice.putObject("message").put("role", "assistant");
      message.put("content", text.text()).putNull("refusal");
    }
    body.set("usage", usage());
    return body;
  }

  @Override
  public List<byte[]> events() {
    List<byte[]> events = new ArrayList<>();
    for (int i = 0; i < answer.choices().size(); i++) {
      Text text = answer.choices().get(i);
      events.add(chunk(i, Json.object().put("role", "assistant").put("content", ""), null));
      for (String word : Sse.words(text.text())) {
        events.add(chunk(i, Json.object().put("content", word), null));
      }
      events.add(chunk(i, Json.object(), reason(text)));
    }
    if (showUsage) {
      ObjectNode end = envelope("chat.completion.chunk");
      end.putArray("choices");
      end.set("usage", usage());
      events.add(Sse.data(end.toString()));
    }
    events.add(Sse.data("[DONE]"));
    return events;
  }

  private byte[] chunk(int index, ObjectNode delta, @Nullable String reason) {
    ObjectNode body = envelope("chat.completion.chunk");
    ObjectNode choice = body.putArray("choices").addObject().put("index", index);
    choice.set("delta", delta);
    choice.putNull("logprobs").put("finish_reason", reason);
    if (showUsage) {
      body.putNull("usage");
    }
    return Sse.data(body.toString());
  }

  private ObjectNode envelope(String object) {
    return Json.object()
        .put("id", "chatcmpl-" + answer.id())
        .put("object", object)
        .put("created", CREATED)
        .put("model", answer.model());
  }

  private ObjectNode usage() {
    ObjectNode usage = Json.object();
    usage.put("prompt_tokens", answer.inputTokens());
    usage.put("completion_tokens", answer.outputTokens());
    usage.put("total_tokens", answer.inputTokens() + answer.outputTokens());
    usage.putObject("prompt_tokens_details").put("cached_tokens", 0);
    usage.putObject("completion_tokens_details").put("reasoning_tokens", 0);
    return usage;
  }

  private static String reason(Text text) {
    return text.cut() ? "length" : "stop";
  }
}

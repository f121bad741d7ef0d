package dev.tollgate.sample;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.tollgate.sample.SimulatedModel.Text;
import java.util.ArrayList;
import java.util.List;

/** Writes the simulated provider's answers as Anthropic's messages are. Immutable. */
final class AnthropicScript implements SimulatedScript {

  private final SimulatedAnswer answer;
  private final Text text;

  AnthropicScript(SimulatedAnswer answer) {
    this.answer = answer;
    this.text = answer.choices().get(0);
  }

  @Override
  public ObjectNode whole() {
    ObjectNode message = message(answer.outputTokens());
    message.withArray("content").addObject().put("type", "text").put("text", text.text());
    return message.put("stop_reason", reason());
  }

  @Override
  public List<byte[]> events() {
    List<byte[]> events = new ArrayList<>();
    ObjectNode start = type("message_start");
    start.set("message", message(1));
    events.add(Sse.event(start));
    ObjectNode block = type("content_block_start").put("index", 0);
    block.putObject("content_block").put("type", "text").put("text", "");
    events.add(Sse.event(block));
    events.add(Sse.event(type("ping")));
    for (String word : Sse.words(text.text())) {
      ObjectNode delta = type("content_block_delta").put("index", 0);
      delta.putObject("delta").put("type", "text_delta").put("text", word);
      events.add(Sse.event(delta));
    }
    events.add(Sse.event(type("content_block_stop").put("index", 0)));
    ObjectNode end = type("message_delta");
    end.putObject("delta").put("stop_reason", reason()).putNull("stop_sequence");
    end.putObject("usage").put("output_tokens", answer.outputTokens());
    events.add(Sse.event(end));
    events.add(Sse.event(type("message_stop")));
    return events;
  }

  /** A message without its content and its reason to stop. */
  private ObjectNode message(long outputTokens) {
    ObjectNode message = type("message");
    message.put("id", "msg_" + answer.id()).put("role", "assistant").put("model", answer.model());
    message.putArray("content");
    message.putNull("stop_reason").putNull("stop_sequence");
    ObjectNode usage = message.putObject("usage");
    usage.put("input_tokens", answer.inputTokens());
    usage.put("cache_creation_input_tokens", 0).put("cache_read_input_tokens", 0);
    usage.put("output_tokens", outputTokens);
    return message;
  }

  private String reason() {
    return text.cut() ? "max_tokens" : "end_turn";
  }

  private static ObjectNode type(String type) {
    return Json.object().put("type", type);
  }
}

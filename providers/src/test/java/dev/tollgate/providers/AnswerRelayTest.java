package dev.tollgate.providers;

import static dev.tollgate.providers.Fixtures.utf8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.tollgate.Estimate;
import dev.tollgate.Usage;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class AnswerRelayTest {

  private static final String SSE = "text/event-stream";

  @ParameterizedTest
  @MethodSource("dev.tollgate.providers.AnswerReaderTest#answers")
  void everyByteOfAnAnswerPassesAsItCame(AnswerReaderTest.Answer answer) {
    byte[] bytes = answer.bytes();
    for (int split = 0; split <= bytes.length; split++) {
      AnswerRelay relay =
          new AnswerRelay(answer.protocol(), answer.contentType(), true, new Estimate(9, 1000));
      assertThat(relayed(relay, bytes, split)).as("split at %d", split).isEqualTo(bytes);
      assertThat(relay.reading().usage(77)).contains(answer.usage());
    }
  }

  @Test
  void usageIsHiddenFromAClientThatDidNotAskWhereverTheStreamIsSplit() {
    String stream = Fixtures.text("answers/openai-chat.sse");
    int usage = stream.indexOf("data: {", stream.indexOf("\"stop\""));
    String hidden = stream.substring(0, usage) + stream.substring(stream.indexOf("data: [DONE]"));
    for (int split = 0; split <= utf8(stream).length; split++) {
      AnswerRelay relay = new AnswerRelay(Protocol.OPENAI, SSE, false, new Estimate(9, 1000));
      assertThat(new String(relayed(relay, utf8(stream), split), StandardCharsets.UTF_8))
          .isEqualTo(hidden);
      assertThat(relay.reading().usage(0)).contains(new Usage(1200, 1024, 0, 7, 0));
    }
  }

  @Test
  void wholeEventsPassWithoutWaitingForTheNext() {
    AnswerRelay relay = new AnswerRelay(Protocol.OPENAI, SSE, true, new Estimate(9, 1000));
    byte[] event = utf8("data: {\"choices\":[]}\r\n\r\n");
    assertThat(relay.feed(event, 0, event.length)).isEqualTo(event);
  }

  @Test
  void eventOverTheBoundPassesUnread() {
    AnswerRelay relay = new AnswerRelay(Protocol.OPENAI, SSE, true, new Estimate(9, 1000));
    byte[] event = utf8("data: " + "x".repeat(3_000_000) + "\n\ndata: [DONE]\n\n");
    assertThat(relayed(relay, event, 1_500_000)).isEqualTo(event);
    assertThat(relay.reading().isComplete()).isTrue();
  }

  @Test
  void chatStreamAtItsCapEndsAsChatStreamsEnd() {
    String stream = Fixtures.text("answers/openai-chat.sse").replace("你好", "你好" + "-".repeat(260));
    AnswerRelay relay = new AnswerRelay(Protocol.OPENAI, SSE, false, new Estimate(9, 1));
    String out = new String(relayed(relay, utf8(stream), 900), StandardCharsets.UTF_8);
    assertThat(relay.isCut()).isTrue();
    assertThat(out)
        .contains("Grüße", "你好")
        .doesNotContain("\"stop\"")
        .endsWith(
            """
            data: {"id":"chatcmpl-123","object":"chat.completion.chunk","created":1694268190,\
            "model":"gpt-4o-mini","choices":[{"index":0,"delta":{},"finish_reason":"length"}]}

            data: [DONE]

            """);
    assertThat(relay.reading().usage(50)).as("the provider's report never came").isEmpty();
    assertThat(relay.reading().spent(50)).isEqualTo(Usage.of(50, 69));
  }

  @Test
  void everyChoiceThatIsStillOpenIsEnded() {
    AnswerRelay relay = new AnswerRelay(Protocol.OPENAI, SSE, true, new Estimate(9, 0));
    String stream =
        """
        data: {"id":"c","choices":[{"index":1,"delta":{"content":""},"finish_reason":null}]}

        data: {"id":"c","choices":[{"index":0,"delta":{"content":"%s"},"finish_reason":null}]}

        """
            .formatted("1".repeat(128));
    String out = new String(relayed(relay, utf8(stream), 3), StandardCharsets.UTF_8);
    assertThat(out)
        .contains("{\"index\":0,\"delta\":{},\"finish_reason\":\"length\"}")
        .contains("{\"index\":1,\"delta\":{},\"finish_reason\":\"length\"}")
        .contains("\"usage\":{\"prompt_tokens\":9,\"completion_tokens\":32,\"total_tokens\":41}")
        .endsWith("data: [DONE]\n\n");
  }

  @ParameterizedTest
  @MethodSource("dev.tollgate.providers.AnswerReaderTest#answers")
  void streamsAtTheirCapEndProperlyInEveryProtocol(AnswerReaderTest.Answer answer) {
    AnswerRelay relay =
        new AnswerRelay(answer.protocol(), answer.contentType(), true, new Estimate(9, 0));
    byte[] out = relayed(relay, utf8(drawnOut(answer)), 0);
    boolean stream = !answer.contentType().equals("application/json");
    assertThat(relay.isCut()).isEqualTo(stream);
    AnswerReader client = new AnswerReader(answer.protocol(), answer.contentType());
    client.feed(out, 0, out.length);
    client.finish();
    assertThat(client.reading().isComplete()).isTrue();
    if (stream) {
      assertThat(client.reading().finishReason())
          .isIn("length", "max_tokens", "MAX_TOKENS", "max_output_tokens");
      assertThat(client.reading().usage(0)).isPresent();
    }
  }

  /** An answer whose first words take a token of the longest. */
  private static String drawnOut(AnswerReaderTest.Answer answer) {
    return new String(answer.bytes(), StandardCharsets.UTF_8)
        .replaceFirst("Grüße|Hi there|Hello|The image|The\\b", "-".repeat(128));
  }

  @Test
  void noHonestStreamIsCutHoweverItsServerSendsIt() {
    String delta = "data: {\"choices\":[{\"index\":0,\"delta\":{\"content\":\"%s\"}}]}\n\n";
    String letters = delta.formatted("x").repeat(100);
    String rules = delta.formatted("-".repeat(128)).repeat(20);
    for (String stream : List.of(letters, rules)) {
      AnswerRelay relay = new AnswerRelay(Protocol.OPENAI, SSE, true, new Estimate(9, 20));
      assertThat(new String(relayed(relay, utf8(stream), 50), StandardCharsets.UTF_8))
          .isEqualTo(stream);
      assertThat(relay.isCut()).isFalse();
    }
  }

  @Test
  void anthropicStreamAtItsCapClosesItsBlock() {
    byte[] stream =
        utf8(
            Fixtures.text("answers/anthropic.sse")
                .replace("\"text\":\"!\"", "\"text\":\"" + "!".repeat(251) + "\""));
    AnswerRelay relay = new AnswerRelay(Protocol.ANTHROPIC, SSE, false, new Estimate(9, 1));
    assertThat(new String(relayed(relay, stream, 700), StandardCharsets.UTF_8))
        .endsWith(
            """
            event: content_block_stop
            data: {"type":"content_block_stop","index":0}

            event: message_delta
            data: {"type":"message_delta","delta":{"stop_reason":"max_tokens","stop_sequence":null},\
            "usage":{"output_tokens":64}}

            event: message_stop
            data: {"type":"message_stop"}

            """);
  }

  private static byte[] relayed(AnswerRelay relay, byte[] bytes, int split) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    out.writeBytes(relay.feed(bytes, 0, split));
    out.writeBytes(relay.feed(bytes, split, bytes.length - split));
    out.writeBytes(relay.finish());
    return out.toByteArray();
  }
}

package dev.tollgate.dashboard;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.tollgate.Call;
import dev.tollgate.Caller;
import dev.tollgate.config.HttpRoute;
import dev.tollgate.providers.AiRequest;
import dev.tollgate.providers.BadRequestException;
import dev.tollgate.providers.Protocol;
import dev.tollgate.providers.TokenCounters;
import jakarta.servlet.http.HttpServletRequest;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Optional;

/**
 * A request whose cost is asked for: {@code {"prompt", "maxTokens"?, "model"?}}, or a body of the
 * route's protocol. Immutable.
 */
record Question(AiRequest asked, HttpRoute route) {

  private static final String PROMPT = "prompt";
  private static final String MAX_TOKENS = "maxTokens";

  /**
   * The body of a request.
   *
   * @throws Problem when it is compressed, or breaks off
   */
  static byte[] body(HttpServletRequest request) throws Problem {
    String encoding = request.getHeader("Content-Encoding");
    if (encoding != null && !encoding.strip().equalsIgnoreCase("identity")) {
      throw Problem.encoded();
    }
    try {
      return request.getInputStream().readNBytes(AiRequest.MAX_BODY_BYTES + 1);
    } catch (IOException broken) {
      throw Problem.badRequest("body: it is not as its header says, or broke off; send it again");
    }
  }

  /**
   * Reads a body.
   *
   * @throws Problem when it cannot be told what it asks for
   */
  static Question read(byte[] body, HttpRoute route) throws Problem {
    try {
      return new Question(parse(body, route), route);
    } catch (BadRequestException bad) {
      String detail = String.valueOf(bad.getMessage());
      throw bad.rule() == BadRequestException.Rule.SIZE
          ? Problem.tooLarge(detail)
          : Problem.badRequest(detail);
    }
  }

  private static AiRequest parse(byte[] body, HttpRoute route) throws Problem {
    Optional<ObjectNode> prompt = prompt(body);
    if (prompt.isEmpty()) {
      return AiRequest.read(route.body().orElse(Protocol.OPENAI), "", body);
    }
    AiRequest.read(Protocol.OPENAI, "", body);
    return completion(prompt.get());
  }

  /** The body, if it is one of a prompt. */
  private static Optional<ObjectNode> prompt(byte[] body) {
    try {
      return Json.read(body) instanceof ObjectNode question
              && question.has(PROMPT)
              && !question.has("messages")
          ? Optional.of(question)
          : Optional.empty();
    } catch (IOException malformed) {
      return Optional.empty();
    }
  }

  /** A prompt says its bound in other words, but is a completion otherwise. */
  private static AiRequest completion(ObjectNode question) throws Problem {
    if (!question.path(PROMPT).isTextual() || question.path(PROMPT).textValue().isBlank()) {
      throw Problem.badRequest("prompt must be a string that is not blank");
    }
    JsonNode bound = question.remove(MAX_TOKENS);
    if (bound != null) {
      question.set("max_tokens", bound);
    }
    return AiRequest.read(
        Protocol.OPENAI, "", question.toString().getBytes(StandardCharsets.UTF_8));
  }

  /** The call that is asked for, with the most that it can use. */
  Call asCall(Caller caller, TokenCounters counters) {
    String model = asked.model().isEmpty() ? route.defaults().model() : asked.model();
    return Call.of(caller, route.name())
        .model(model)
        .estimate(asked.estimate(counters.of(route.name(), model), route.defaults().maxTokens()));
  }
}

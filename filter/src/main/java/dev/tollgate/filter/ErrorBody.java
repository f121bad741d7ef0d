package dev.tollgate.filter;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.json.JsonWriteFeature;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.tollgate.config.ErrorFormat;
import java.util.List;

/** Says what is wrong in JSON, in the shape that a route's clients understand. ASCII only. */
final class ErrorBody {

  private static final ObjectMapper JSON =
      JsonMapper.builder().enable(JsonWriteFeature.ESCAPE_NON_ASCII).build();

  private ErrorBody() {}

  static String contentType(ErrorFormat format) {
    return format == ErrorFormat.PROBLEM ? "application/problem+json" : "application/json";
  }

  /**
   * @param status the HTTP status that it comes with
   * @param detail one sentence for people
   * @param violated the names of the limits in the way
   */
  static String of(
      ErrorFormat format, Fault fault, int status, String detail, List<String> violated) {
    ObjectNode body =
        switch (format) {
          case PROBLEM -> problem(fault, status, detail, violated);
          case OPENAI -> openAi(fault, detail);
          case ANTHROPIC -> anthropic(fault, detail);
        };
    try {
      return JSON.writeValueAsString(body);
    } catch (JsonProcessingException impossible) {
      throw new IllegalStateException("a tree of texts and numbers", impossible);
    }
  }

  private static ObjectNode problem(Fault fault, int status, String detail, List<String> violated) {
    ObjectNode body = JSON.createObjectNode();
    body.put("type", fault.problemType());
    body.put("title", fault.title());
    body.put("status", status);
    body.put("detail", detail);
    if (!violated.isEmpty()) {
      violated.forEach(body.putArray("violated-policies")::add);
    }
    return body;
  }

  private static ObjectNode openAi(Fault fault, String detail) {
    ObjectNode body = JSON.createObjectNode();
    ObjectNode error = body.putObject("error");
    error.put("message", detail);
    error.put("type", fault.openAiType());
    error.putNull("param");
    error.put("code", fault.openAiCode());
    return body;
  }

  private static ObjectNode anthropic(Fault fault, String detail) {
    ObjectNode body = JSON.createObjectNode();
    body.put("type", "error");
    ObjectNode error = body.putObject("error");
    error.put("type", fault.anthropicType());
    error.put("message", detail);
    return body;
  }
}

package dev.tollgate.sample;

import com.fasterxml.jackson.databind.node.ObjectNode;
import jakarta.servlet.http.HttpServletRequest;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;

/** The language that a provider and its clients speak. */
enum Dialect {
  /** OpenAI's chat completions. */
  OPENAI("chat/completions", List.of()) {

    @Override
    Map<String, String> credentials(String key) {
      return Map.of("Authorization", "Bearer " + key);
    }

    @Override
    ObjectNode error(int status, String message) {
      ObjectNode body = Json.object();
      ObjectNode error = body.putObject("error").put("message", message);
      error.put("type", status >= 500 ? "server_error" : "invalid_request_error");
      error.putNull("param");
      if (status == 401) {
        error.put("code", "invalid_api_key");
      } else {
        error.putNull("code");
      }
      return body;
    }

    @Override
    byte[] failedEvent(String message) {
      return bytes("\n\ndata: " + error(502, message) + "\n\n");
    }
  },

  /** Anthropic's messages. */
  ANTHROPIC("messages", List.of("anthropic-version", "anthropic-beta")) {

    @Override
    Map<String, String> credentials(String key) {
      return Map.of("x-api-key", key);
    }

    @Override
    ObjectNode error(int status, String message) {
      ObjectNode body = Json.object().put("type", "error");
      body.putObject("error").put("type", errorType(status)).put("message", message);
      return body;
    }

    @Override
    byte[] failedEvent(String message) {
      return bytes("\n\nevent: error\ndata: " + error(502, message) + "\n\n");
    }

    private static String errorType(int status) {
      return switch (status) {
        case 401 -> "authentication_error";
        case 404 -> "not_found_error";
        case 413 -> "request_too_large";
        case 503 -> "overloaded_error";
        default -> status >= 500 ? "api_error" : "invalid_request_error";
      };
    }
  };

  private static final String ROOT = "/v1/";

  private final String resource;
  private final List<String> headers;

  Dialect(String resource, List<String> headers) {
    this.resource = resource;
    this.headers = headers;
  }

  /** The language of those who send such requests; empty where it is the application's own. */
  static Optional<Dialect> of(HttpServletRequest request) {
    String path = request.getServletPath() + Objects.toString(request.getPathInfo(), "");
    if (!path.startsWith(ROOT)) {
      return Optional.empty();
    }
    return Optional.of(path.startsWith(ROOT + ANTHROPIC.resource) ? ANTHROPIC : OPENAI);
  }

  /** The resource that answers, below the provider's URL. */
  String resource() {
    return resource;
  }

  /** The headers of a request that are the provider's to read, beside those about the body. */
  List<String> headers() {
    return headers;
  }

  /** The headers that show a key to the provider. */
  abstract Map<String, String> credentials(String key);

  /** The body of an error. */
  abstract ObjectNode error(int status, String message);

  /** What tells the client that a stream of events broke off, wherever it stands. */
  abstract byte[] failedEvent(String message);

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }
}

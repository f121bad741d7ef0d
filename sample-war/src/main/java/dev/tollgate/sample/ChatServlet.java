package dev.tollgate.sample;

import dev.tollgate.CallContext;
import dev.tollgate.Money;
import dev.tollgate.Reservation;
import dev.tollgate.config.ConfigurationException;
import jakarta.enterprise.inject.spi.CDI;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import org.eclipse.microprofile.config.ConfigProvider;

/**
 * {@code POST /api/chat}, {@code /api/suggest} and {@code /api/batch}. A request that is not valid
 * is not charged. Thread-safe.
 */
public final class ChatServlet extends HttpServlet {

  private static final long serialVersionUID = 1;

  private String defaultModel = "";

  /** The body of an answer. */
  record Body(String answer, String model, String mode, BodyUsage usage) {}

  /** What a call used. */
  record BodyUsage(long inputTokens, long outputTokens, String costUsd) {}

  @Override
  public void init() throws ServletException {
    try {
      defaultModel = SampleSettings.read(ConfigProvider.getConfig()).model();
    } catch (ConfigurationException invalid) {
      throw new ServletException(invalid.getMessage(), invalid);
    }
  }

  @Override
  protected void service(HttpServletRequest request, HttpServletResponse response)
      throws IOException {
    try {
      if (!request.getMethod().equals("POST")) {
        throw HttpProblem.methodNotAllowed("POST");
      }
      ChatRequest asked = ChatRequest.read(request, defaultModel);
      Json.send(response, 200, Json.TYPE, body(answer(request.getServletPath(), asked)));
    } catch (HttpProblem problem) {
      CallContext.current().flatMap(CallContext::takeCharged).ifPresent(Reservation::cancel);
      problem.send(request, response);
    }
  }

  private static Answer answer(String path, ChatRequest asked) throws HttpProblem {
    ChatService service = CDI.current().select(ChatService.class).get();
    try {
      return switch (path) {
        case "/api/suggest" -> service.suggest(asked.prompt(), asked.maxTokens(), asked.model());
        case "/api/batch" -> service.batch(asked.prompt(), asked.maxTokens(), asked.model());
        default -> service.chat(asked.prompt(), asked.maxTokens(), asked.model());
      };
    } catch (ProviderException failed) {
      throw HttpProblem.badGateway(String.valueOf(failed.getMessage()));
    }
  }

  private static Body body(Answer answer) {
    BodyUsage usage =
        new BodyUsage(
            answer.usage().inputTokens(),
            answer.usage().outputTokens(),
            Money.usd(answer.costNanoUsd()).toPlainString());
    String mode = answer.restricted() ? "restricted" : "full";
    return new Body(answer.text(), answer.model(), mode, usage);
  }
}

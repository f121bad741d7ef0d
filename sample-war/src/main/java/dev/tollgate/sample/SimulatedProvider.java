package dev.tollgate.sample;

import com.fasterxml.jackson.databind.JsonNode;
import dev.tollgate.Usage;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledThreadPoolExecutor;

/**
 * Answers as a {@link SimulatedModel} says, in every dialect.
 *
 * <p>Thread-safe. It owns one daemon thread, which ends with {@link #close}.
 */
final class SimulatedProvider implements Provider {

  private final Duration delay;
  private final ScheduledExecutorService clock;

  /**
   * @param delay how long each piece of an answer takes, or the whole one that does not stream
   */
  SimulatedProvider(Duration delay) {
    this.delay = delay;
    this.clock = new ScheduledThreadPoolExecutor(1, SimulatedProvider::newThread);
  }

  private static Thread newThread(Runnable task) {
    Thread thread = new Thread(task, "sample-provider");
    thread.setDaemon(true);
    return thread;
  }

  @Override
  public Completion complete(String prompt, int maxTokens, String model) throws ProviderException {
    pause();
    String answer = SimulatedModel.answer(prompt, maxTokens, 0).text();
    Usage usage = Usage.of(SimulatedModel.tokens(prompt), SimulatedModel.tokens(answer));
    return new Completion(answer, usage, true);
  }

  @Override
  public CompletableFuture<ProviderReply> pass(ProviderRequest request) {
    return CompletableFuture.completedFuture(reply(request));
  }

  @Override
  public void close() {
    clock.shutdownNow();
  }

  private ProviderReply reply(ProviderRequest request) {
    SimulatedRequest asked;
    try {
      asked = SimulatedRequest.read(request);
    } catch (HttpProblem problem) {
      String why = String.valueOf(problem.getMessage());
      return whole(problem.status(), request.dialect().error(problem.status(), why));
    }
    SimulatedAnswer answer = SimulatedAnswer.to(asked);
    SimulatedScript script =
        switch (request.dialect()) {
          case OPENAI -> new OpenAiScript(answer, asked.showUsage());
          case ANTHROPIC -> new AnthropicScript(answer);
        };
    return asked.stream() ? reply(200, Sse.TYPE, script.events()) : whole(200, script.whole());
  }

  private ProviderReply whole(int status, JsonNode body) {
    return reply(status, Json.TYPE, List.of(body.toString().getBytes(StandardCharsets.UTF_8)));
  }

  private ProviderReply reply(int status, String type, List<byte[]> pieces) {
    Map<String, String> headers = Map.of("Content-Type", type);
    return new ProviderReply(status, headers, new PacedPublisher(pieces, delay, clock));
  }

  private void pause() throws ProviderException {
    try {
      Thread.sleep(delay.toMillis());
    } catch (InterruptedException interrupted) {
      Thread.currentThread().interrupt();
      throw ProviderException.notBilled("the simulated provider was interrupted");
    }
  }
}

package dev.tollgate.sample;

import java.util.concurrent.CompletableFuture;

/** Answers prompts. Implementations are thread-safe. */
interface Provider extends AutoCloseable {

  /**
   * Answers a prompt.
   *
   * @param maxTokens the most tokens that the answer may have
   * @throws ProviderException when there is no answer
   */
  Completion complete(String prompt, int maxTokens, String model) throws ProviderException;

  /**
   * Passes a request on, without waiting for the answer.
   *
   * @return the answer once its status and headers are here; an {@link java.io.IOException} when
   *     there is none. Cancelling it ends the request.
   */
  CompletableFuture<ProviderReply> pass(ProviderRequest request);

  /** Ends what it keeps open. */
  @Override
  void close();
}

package dev.tollgate.sample;

/** Answers prompts. Implementations are thread-safe. */
interface Provider extends AutoCloseable {

  /**
   * Answers a prompt.
   *
   * @param maxTokens the most tokens that the answer may have
   * @throws ProviderException when there is no answer
   */
  Completion complete(String prompt, int maxTokens, String model) throws ProviderException;

  /** Ends what it keeps open. */
  @Override
  void close();
}

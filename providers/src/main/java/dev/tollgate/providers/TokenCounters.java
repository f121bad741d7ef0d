package dev.tollgate.providers;

import com.knuddels.jtokkit.Encodings;
import com.knuddels.jtokkit.api.EncodingRegistry;
import dev.tollgate.TokenCounter;
import java.security.SecureRandom;
import java.util.EnumMap;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.random.RandomGenerator;

/**
 * Counters of each model's tokens. OpenAI's models are counted by their tokenizers, which take
 * about a second to load: that is done once, aside, and until then they are counted by bytes, as
 * all other models are. What a model's provider reports corrects its counter from then on, for each
 * route by itself.
 *
 * <p>Thread-safe. No count takes longer than some milliseconds, whatever the text, up to 1 MiB.
 */
public final class TokenCounters {

  /** Texts that make the just-in-time compiler see the tokenizer's paths before a request does. */
  private static final String WARM_UP = "A first text, 1234 + 中文 and ünïcode!\n".repeat(100);

  private final Executor loader;
  private final EncodingRegistry encodings = Encodings.newLazyEncodingRegistry();
  private final Map<ModelFamily, CompletableFuture<TokenCounter>> loaded =
      new EnumMap<>(ModelFamily.class);
  private final TokenRatios ratios = new TokenRatios();
  private final long secret;

  /**
   * @param loader where tokenizers are loaded
   */
  public TokenCounters(Executor loader) {
    this(loader, new SecureRandom());
  }

  /**
   * @param loader where tokenizers are loaded
   * @param random decides which parts of long texts are counted; is asked once, here
   */
  public TokenCounters(Executor loader, RandomGenerator random) {
    this.loader = loader;
    this.secret = random.nextLong();
  }

  /** The counter of a model, without corrections. */
  public TokenCounter of(String model) {
    ModelFamily family = ModelFamily.of(model);
    return family.hasEncoding() ? loaded(family) : family.byFactor();
  }

  /** The counter of a model, corrected by what calls of the route have taught. */
  public TokenCounter of(String route, String model) {
    return ratios.correct(route, model, of(model));
  }

  /**
   * Learns from a call.
   *
   * @param estimated input tokens that {@link #of(String, String)} counted: 1 or more, else nothing
   *     is learned
   * @param actual input tokens that the provider reported: 1 or more, else nothing is learned
   */
  public void learn(String route, String model, long estimated, long actual) {
    ratios.learn(route, model, estimated, actual);
  }

  private synchronized TokenCounter loaded(ModelFamily family) {
    try {
      return loaded
          .computeIfAbsent(family, key -> CompletableFuture.supplyAsync(() -> load(key), loader))
          .getNow(family.byFactor());
    } catch (RejectedExecutionException | CompletionException notLoaded) {
      return family.byFactor();
    }
  }

  private TokenCounter load(ModelFamily family) {
    TokenCounter counter = new EncodingCounter(encodings.getEncoding(family.encoding()), secret);
    counter.count(WARM_UP);
    return counter;
  }
}

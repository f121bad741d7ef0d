package dev.tollgate.providers;

import dev.tollgate.Window;
import java.net.URI;
import java.util.Optional;
import java.util.Set;

/** The APIs by which providers let a limit of spending be set. */
public enum LimitApi {
  /** The hard spend limit of an organization or of one of its projects: by month alone. */
  OPENAI(Optional.of(URI.create("https://api.openai.com/v1")), Set.of(Window.Unit.MONTH), false) {
    @Override
    LimitDialect dialect(AdminApi api, String subject, Window.Unit window) {
      return new OpenAiSpendLimit(api, subject);
    }
  },
  /** The limit of a key of OpenRouter. */
  OPENROUTER(
      Optional.of(URI.create("https://openrouter.ai/api/v1")), Set.of(Window.Unit.values()), true) {
    @Override
    LimitDialect dialect(AdminApi api, String subject, Window.Unit window) {
      return new OpenRouterLimit(api, subject, window);
    }
  },
  /** The budget of a virtual key of a LiteLLM proxy. */
  LITELLM(Optional.empty(), Set.of(Window.Unit.values()), true) {
    @Override
    LimitDialect dialect(AdminApi api, String subject, Window.Unit window) {
      return new LiteLlmBudget(api, subject, window);
    }
  };

  private final Optional<URI> base;
  private final Set<Window.Unit> windows;
  private final boolean needsSubject;

  LimitApi(Optional<URI> base, Set<Window.Unit> windows, boolean needsSubject) {
    this.base = base;
    this.windows = windows;
    this.needsSubject = needsSubject;
  }

  /** Where the provider has it; empty where everybody has it somewhere else. */
  public Optional<URI> base() {
    return base;
  }

  /** The windows that limits can have there. */
  public Set<Window.Unit> windows() {
    return windows;
  }

  /** Whether it must be named whose limit is meant. */
  public boolean needsSubject() {
    return needsSubject;
  }

  /**
   * @param base of scheme {@code http} or {@code https}
   * @param key an administration key
   * @param subject whose limit: a project of OpenAI's, empty for the organization; the hash of a
   *     key of OpenRouter's; a virtual key of LiteLLM's, or its hash
   * @param window one of {@link #windows}
   * @throws IllegalArgumentException when the key or the subject has characters that none has
   */
  public SpendLimit limit(URI base, String key, String subject, Window.Unit window) {
    AdminApi.requireName(subject);
    AdminApi api = AdminApi.bearer(base, key, AdminApi.Patience.DEFAULT);
    return new SpendLimit(dialect(api, subject, window));
  }

  abstract LimitDialect dialect(AdminApi api, String subject, Window.Unit window);
}

package dev.tollgate.providers;

import java.net.URI;

/** The APIs by which providers tell what they charged. */
public enum BillApi {
  /** The costs of an organization or of one of its projects. */
  OPENAI("https://api.openai.com/v1") {
    @Override
    CostDialect dialect(AdminApi.Patience patience, URI base, String key, String project) {
      return new OpenAiCosts(AdminApi.bearer(base, key, patience), project);
    }
  },
  /** The cost report of an organization or of one of its workspaces. */
  ANTHROPIC("https://api.anthropic.com/v1") {
    @Override
    CostDialect dialect(AdminApi.Patience patience, URI base, String key, String project) {
      return new AnthropicCosts(AnthropicCosts.api(base, key, patience), project);
    }
  };

  private final URI base;

  BillApi(String base) {
    this.base = URI.create(base);
  }

  /** Where the provider has it. */
  public URI base() {
    return base;
  }

  /**
   * @param base of scheme {@code http} or {@code https}, up to and with the version
   * @param key an administration key
   * @param project the OpenAI project or Anthropic workspace that is billed; empty for the whole
   *     organization
   * @throws IllegalArgumentException when the key or the project has characters that none has
   */
  public BillReader reader(URI base, String key, String project) {
    AdminApi.requireName(project);
    return new BillReader(dialect(AdminApi.Patience.DEFAULT, base, key, project));
  }

  abstract CostDialect dialect(AdminApi.Patience patience, URI base, String key, String project);
}

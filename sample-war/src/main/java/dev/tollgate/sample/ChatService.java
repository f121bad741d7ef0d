package dev.tollgate.sample;

import dev.tollgate.Criticality;
import dev.tollgate.Restriction;
import dev.tollgate.TokenCounter;
import dev.tollgate.Tollgate;
import dev.tollgate.Usage;
import dev.tollgate.cdi.AiCost;
import dev.tollgate.cdi.AiUsage;
import dev.tollgate.cdi.MaxOutputTokens;
import dev.tollgate.cdi.Model;
import dev.tollgate.cdi.Prompt;
import dev.tollgate.cdi.RateLimited;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;

/**
 * The AI calls of the application. Each may be refused, with {@link dev.tollgate.RefusedException},
 * or let in with a shorter prompt, a shorter answer or another model. Thread-safe.
 */
@ApplicationScoped
class ChatService {

  @Inject Provider provider;
  @Inject Tollgate tollgate;

  /** Answers a person who waits. */
  @RateLimited("chat")
  @AiCost(criticality = Criticality.ESSENTIAL)
  public Answer chat(@Prompt String prompt, @MaxOutputTokens int maxTokens, @Model String model)
      throws ProviderException {
    return answer(prompt, maxTokens, model);
  }

  /** Suggests how to go on. */
  @RateLimited("suggest")
  @AiCost(criticality = Criticality.OPTIONAL)
  public Answer suggest(@Prompt String prompt, @MaxOutputTokens int maxTokens, @Model String model)
      throws ProviderException {
    return answer(prompt, maxTokens, model);
  }

  /** Works on what nobody waits for. */
  @RateLimited("batch")
  @AiCost(criticality = Criticality.BACKGROUND)
  public Answer batch(@Prompt String prompt, @MaxOutputTokens int maxTokens, @Model String model)
      throws ProviderException {
    return answer(prompt, maxTokens, model);
  }

  private Answer answer(String prompt, int maxTokens, String model) throws ProviderException {
    Completion completion;
    try {
      completion = provider.complete(prompt, maxTokens, model);
    } catch (ProviderException failed) {
      if (!failed.isBilled()) {
        AiUsage.notBilled();
      }
      failed
          .refusal()
          .ifPresent(told -> AiUsage.refused(told.status(), told.retryAfter(), told.body()));
      throw failed;
    }
    if (completion.reported()) {
      AiUsage.report(completion.usage());
    }
    boolean restricted = !AiUsage.current().restriction().equals(Restriction.NONE);
    Usage reserved = Usage.of(TokenCounter.APPROXIMATE.count(prompt), maxTokens);
    Usage usage = completion.usage().isPlausible() ? completion.usage() : reserved;
    long cost = tollgate.policies().prices().price(model).cost(usage);
    return new Answer(completion.text(), model, restricted, usage, cost);
  }
}

package dev.tollgate.cdi;

import static dev.tollgate.cdi.Deployed.ANN;
import static dev.tollgate.cdi.Deployed.asAnn;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.langchain4j.cdi.spi.RegisterAIService;
import dev.langchain4j.model.openai.OpenAiChatModel;
import dev.langchain4j.service.AiServices;
import dev.langchain4j.service.UserMessage;
import dev.tollgate.Call;
import dev.tollgate.CallContext;
import dev.tollgate.CallRecord;
import dev.tollgate.RefusedException;
import dev.tollgate.Usage;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.context.Dependent;
import jakarta.enterprise.event.Observes;
import jakarta.enterprise.inject.spi.AfterBeanDiscovery;
import jakarta.enterprise.inject.spi.BeforeBeanDiscovery;
import jakarta.enterprise.inject.spi.Extension;
import jakarta.enterprise.inject.spi.ProcessAnnotatedType;
import jakarta.enterprise.inject.spi.WithAnnotations;
import jakarta.inject.Inject;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/**
 * Interfaces that LangChain4j implements, as beans of another extension's making. The extension
 * does what LangChain4j-CDI's does; the services and their model are LangChain4j's own.
 */
class RegisteredServiceTest {

  @RegisterAIService(scope = ApplicationScoped.class)
  public interface Assistant {
    @RateLimited("chat")
    @AiCost(model = "gemini", maxOutputTokens = 100, fallbackMethod = "apologize")
    String ask(@UserMessage @Prompt String question);

    default String apologize(String question) {
      return "sorry";
    }

    String askUnlimited(@UserMessage String question);
  }

  @RegisterAIService(scope = ApplicationScoped.class)
  @AiCost(model = "gemini", maxOutputTokens = 100)
  interface WholeService {
    String ask(@UserMessage @Prompt String question);
  }

  @Dependent
  static class Client {
    @Inject Assistant assistant;
  }

  /** Makes a bean of each registered interface. */
  static final class Registrations implements Extension {

    private final Set<Class<?>> services = new LinkedHashSet<>();
    private final String url;

    Registrations(String url) {
      this.url = url;
    }

    /** As where an interface is in two archives. */
    void addAgain(@Observes BeforeBeanDiscovery event) {
      event.addAnnotatedType(Assistant.class, "again");
    }

    void see(@Observes @WithAnnotations(RegisterAIService.class) ProcessAnnotatedType<?> event) {
      services.add(event.getAnnotatedType().getJavaClass());
    }

    void add(@Observes AfterBeanDiscovery event) {
      services.forEach(service -> add(event, service));
    }

    private <T> void add(AfterBeanDiscovery event, Class<T> service) {
      event
          .<T>addBean()
          .beanClass(service)
          .types(service)
          .scope(service.getAnnotation(RegisterAIService.class).scope())
          .addStereotype(RegisterAIService.class)
          .produceWith(
              beans ->
                  AiServices.create(
                      service,
                      OpenAiChatModel.builder()
                          .baseUrl(url)
                          .apiKey("key")
                          .modelName("gpt-5-mini")
                          .maxRetries(0)
                          .listeners(List.of(beans.select(AiUsageListener.class).get()))
                          .build()));
    }
  }

  private static final String PROMPT = "sixteen letters.";

  private final ProviderServer provider = new ProviderServer();
  private final Deployed deployed =
      Deployed.with(
          new Registrations(provider.url()), Assistant.class, WholeService.class, Client.class);
  private final CallContext.Scope ann = asAnn();
  private final Assistant assistant = deployed.bean(Client.class).assistant;

  @AfterEach
  void undeploy() {
    ann.close();
    deployed.close();
    provider.close();
  }

  private void exhaust() {
    var call = Call.of(ANN, "chat").model("gemini").estimate(1, 1);
    deployed.tollgate().reserve(call).orThrow().settle(Usage.of(1500, 0));
  }

  @Test
  void methodOfTheInterfaceIsChargedAtWhatItsModelUsed() {
    provider.answers(200, ProviderAnswers.COMPLETION);

    assertThat(assistant.ask(PROMPT)).isEqualTo("Hi there");

    assertThat(deployed.used("requests")).isEqualTo(1);
    CallRecord call = deployed.calls().get(0);
    assertThat(call.inputTokens()).isEqualTo(20);
    assertThat(call.outputTokens()).isEqualTo(7);
    assertThat(call.costNanoUsd()).isEqualTo(ProviderAnswers.COMPLETION_COST);
  }

  @Test
  void annotationOfTheInterfaceHoldsForItsMethods() {
    provider.answers(200, ProviderAnswers.COMPLETION);

    deployed.bean(WholeService.class).ask(PROMPT);

    assertThat(deployed.used("tokens")).isEqualTo(27);
  }

  @Test
  void methodsWithoutAnnotationsAreNotLimited() {
    provider.answers(200, ProviderAnswers.COMPLETION);
    exhaust();

    assertThat(assistant.askUnlimited(PROMPT)).isEqualTo("Hi there");
    assertThat(assistant.toString()).isNotEmpty();
    assertThat(Set.of(assistant).contains(assistant)).isTrue();
    assertThat(assistant).isNotEqualTo(deployed.bean(WholeService.class));
  }

  @Test
  void refusedCallNeverReachesTheService() {
    exhaust();

    assertThatThrownBy(() -> deployed.bean(WholeService.class).ask(PROMPT))
        .isInstanceOf(RefusedException.class);
    assertThat(assistant.ask(PROMPT)).as("its fallback").isEqualTo("sorry");
  }

  @Test
  void failureOfTheServiceIsThrownAsItIs() {
    provider.answers(429, ProviderAnswers.ERROR);

    assertThatThrownBy(() -> assistant.ask(PROMPT))
        .isInstanceOf(dev.langchain4j.exception.RateLimitException.class);
    assertThat(deployed.used("tokens")).isZero();
  }

  interface Asking {
    String ask(@UserMessage @Prompt String question);
  }

  @RegisterAIService
  @AiCost(model = "gemini")
  interface Inheriting extends Asking {}

  @Test
  void annotationOfAServiceThatInheritsItsMethodsIsRefused() {
    assertThatThrownBy(
            () -> Deployed.with(new Registrations(provider.url()), Inheriting.class).close())
        .hasMessageContaining(Asking.class.getName() + ".ask")
        .hasMessageContaining("inherits is not limited; declare and annotate it in Inheriting");
  }

  @Test
  void annotatedInterfaceThatAnotherExtensionImplementsIsRefused() {
    Extension other =
        new Extension() {
          void add(@Observes AfterBeanDiscovery event) {
            event
                .<Runnable>addBean()
                .beanClass(Unregistered.class)
                .types(Unregistered.class)
                .produceWith(beans -> (Unregistered) () -> {});
          }
        };

    assertThatThrownBy(() -> Deployed.with(other).close())
        .hasMessageContaining("Unregistered")
        .hasMessageContaining("an extension makes are not intercepted");
  }

  interface Unregistered extends Runnable {
    @Override
    @RateLimited("chat")
    void run();
  }
}

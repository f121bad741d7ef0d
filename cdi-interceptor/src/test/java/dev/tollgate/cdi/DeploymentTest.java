package dev.tollgate.cdi;

import static dev.tollgate.cdi.Deployed.asAnn;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tollgate.CallContext;
import dev.tollgate.Caller;
import dev.tollgate.Criticality;
import dev.tollgate.Restriction;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.context.Dependent;
import jakarta.enterprise.context.SessionScoped;
import jakarta.enterprise.inject.Produces;
import jakarta.enterprise.util.TypeLiteral;
import jakarta.inject.Inject;
import java.io.Serializable;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.SubmissionPublisher;
import java.util.stream.Collectors;
import org.assertj.core.api.AbstractThrowableAssert;
import org.junit.jupiter.api.Test;

class DeploymentTest {

  private static AbstractThrowableAssert<?, ? extends Throwable> assertRefused(
      Map<String, String> settings, Class<?>... beans) {
    return assertThatThrownBy(() -> Deployed.with(settings, beans).close());
  }

  private static AbstractThrowableAssert<?, ? extends Throwable> assertRefused(Class<?>... beans) {
    return assertRefused(Map.of(), beans);
  }

  private static String problem(String key, String value, String rule, String remedy) {
    return "\n  - " + key + " = '" + value + "': " + rule + "; " + remedy;
  }

  private static String misplaced(String place, String rule, String remedy) {
    return problem("@RateLimited or @AiCost", place, rule, remedy);
  }

  @Dependent
  static class UnknownRoute {
    @RateLimited("chta")
    void ask() {}

    @AiCost(route = "caht")
    void askMore() {}
  }

  @Test
  void refusesRoutesThatDoNotExist() {
    String name = UnknownRoute.class.getName();

    assertRefused(UnknownRoute.class)
        .hasMessageContaining("has 2 problems:")
        .hasMessageContaining(
            problem(
                "@RateLimited.value of " + name + ".ask",
                "chta",
                "must be the name of a route",
                "known routes are [chat]; add another as tollgate.route.<name>.<key>"))
        .hasMessageContaining("@AiCost.route of " + name + ".askMore = 'caht'");
  }

  @Dependent
  static class TwoRoutes {
    @RateLimited("chat")
    @AiCost(route = "other")
    void ask() {}
  }

  @Test
  void refusesTwoRoutesForOneMethod() {
    assertRefused(Map.of("tollgate.route.other.criticality", "optional"), TwoRoutes.class)
        .hasMessageContaining("must be the same as @RateLimited.value")
        .hasMessageContaining("remove one of the two");
  }

  @Dependent
  static class NoRoute {
    @AiCost
    void ask() {}
  }

  @Test
  void refusesAMethodWithoutARouteWhereThereIsNotExactlyOne() {
    assertRefused(Map.of("tollgate.route.other.criticality", "optional"), NoRoute.class)
        .hasMessageContaining("@AiCost.route of " + NoRoute.class.getName() + ".ask: must be")
        .hasMessageContaining("known routes are [chat, other]");
    assertRefused(Map.of("tollgate.route.chat.criticality", ""), NoRoute.class)
        .hasMessageContaining("known routes are []");
  }

  @Dependent
  static class Misplaced {
    @RateLimited("chat")
    private void hidden() {}

    @AiCost
    static void shared() {}

    @RateLimited("chat")
    final void fixed() {}
  }

  @Dependent
  @RateLimited("chat")
  static final class Final {
    void ask() {}
  }

  @Dependent
  class Inner {
    @RateLimited("chat")
    void ask() {}
  }

  @Test
  void refusesAnnotationsWhereNoInterceptorRuns() {
    String name = Misplaced.class.getName();

    assertRefused(Misplaced.class, Final.class, Inner.class)
        .hasMessageContaining("has 5 problems:")
        .hasMessageContaining(
            misplaced(
                name + ".hidden", "a private method is not intercepted", "give it a wider access"))
        .hasMessageContaining(
            misplaced(name + ".shared", "a static method is not intercepted", "remove 'static'"))
        .hasMessageContaining(
            misplaced(name + ".fixed", "a final method is not intercepted", "remove 'final'"))
        .hasMessageContaining(
            misplaced(Final.class.getName(), "a final class is not intercepted", "remove 'final'"))
        .hasMessageContaining(
            misplaced(
                Inner.class.getName(),
                "an inner class is no bean, and is not intercepted",
                "make it static"));
  }

  @Test
  void reportsMisplacedAnnotationsTogetherWithEverythingElse() {
    assertRefused(Map.of("tollgate.shadow", "perhaps"), Misplaced.class)
        .hasMessageContaining("has 4 problems:")
        .hasMessageContaining("tollgate.shadow = 'perhaps'");
    assertRefused(Misplaced.class, UnknownRoute.class).hasMessageContaining("has 5 problems:");
  }

  static class Plain {
    @RateLimited("chat")
    public void ask() {}
  }

  @ApplicationScoped
  static class Factory {
    @Produces
    Plain plain() {
      return new Plain();
    }

    @Produces @ApplicationScoped final Plain field = new Plain();
  }

  @Test
  void refusesAnnotationsOfWhatAProducerMakes() {
    assertRefused(Factory.class)
        .hasMessageContaining("has 1 problem:")
        .hasMessageContaining(
            misplaced(
                Plain.class.getName(),
                "objects that a producer or an extension makes are not intercepted",
                "annotate the bean that calls them"));
  }

  interface Asking<T> {
    @RateLimited("chat")
    default String ask(T prompt) {
      return "answer";
    }
  }

  @Dependent
  static class Deaf implements Asking<String> {
    @Override
    public String ask(String prompt) {
      return "answer";
    }
  }

  @Dependent
  static class Hearing implements Asking<String> {
    @Override
    @RateLimited("chat")
    public String ask(String prompt) {
      return "answer";
    }
  }

  @Test
  void refusesAnnotationsThatAreNotInherited() {
    assertRefused(Deaf.class)
        .hasMessageContaining(
            misplaced(
                Asking.class.getName() + ".ask",
                "annotations of an interface are not inherited by " + Deaf.class.getName(),
                "annotate the method of the class"));
  }

  @Dependent
  static class Inheriting implements Asking<String> {}

  @Test
  void limitsADefaultMethodThatIsInherited() {
    try (Deployed deployed = Deployed.of(Inheriting.class);
        CallContext.Scope ann = asAnn()) {
      deployed.bean(Inheriting.class).ask("hello");

      assertThat(deployed.used("requests")).isEqualTo(1);
    }
  }

  @Test
  void limitsAMethodThatIsCalledThroughAGenericInterface() {
    try (Deployed deployed = Deployed.of(Hearing.class);
        CallContext.Scope ann = asAnn()) {
      deployed.bean(new TypeLiteral<Asking<String>>() {}).ask("hello");

      assertThat(deployed.used("requests")).isEqualTo(1);
    }
  }

  @Dependent
  static class Fallbacks {
    @RateLimited(value = "chat", fallbackMethod = "absent")
    String missing(String prompt) {
      return prompt;
    }

    @RateLimited(value = "chat", fallbackMethod = "number")
    String badResult(int count) {
      return "";
    }

    int number(int count) {
      return count;
    }

    @AiCost(fallbackMethod = "limited")
    void limited() {}

    @RateLimited(value = "chat", fallbackMethod = "one")
    @AiCost(fallbackMethod = "two")
    void undecided() {}

    void one() {}

    void two() {}
  }

  @Test
  void refusesFallbacksThatDoNotFit() {
    assertRefused(Fallbacks.class)
        .hasMessageContaining("has 4 problems:")
        .hasMessageContaining(
            "must be a method of "
                + Fallbacks.class.getName()
                + " with the parameters (java.lang.String); add it or correct the name")
        .hasMessageContaining("must return java.lang.String; correct its return type")
        .hasMessageContaining("must not be limited itself; make it private")
        .hasMessageContaining("must be the same as @RateLimited.fallbackMethod");
  }

  @Dependent
  static class Parameters {
    @AiCost
    void ask(
        @Prompt StringBuilder prompt,
        @MaxOutputTokens short max,
        @MaxOutputTokens int max2,
        @Model CharSequence model) {}
  }

  @Test
  void refusesAnnotatedParametersOfAnotherType() {
    assertRefused(Parameters.class)
        .hasMessageContaining("has 4 problems:")
        .hasMessageContaining(
            problem(
                "@Prompt of " + Parameters.class.getName() + ".ask",
                "java.lang.StringBuilder prompt",
                "must be a String or CharSequence",
                "change the type or annotate another parameter"))
        .hasMessageContaining("short max")
        .hasMessageContaining("2 parameters': must be one parameter")
        .hasMessageContaining("java.lang.CharSequence model");
  }

  @Dependent
  static class Values {
    @AiCost(
        maxOutputTokens = 0,
        criticality = {Criticality.OPTIONAL, Criticality.BACKGROUND})
    void ask() {}

    @AiCost(model = "gemini")
    SubmissionPublisher<String> stream() {
      return new SubmissionPublisher<>();
    }
  }

  @Test
  void refusesValuesOutOfRange() {
    assertRefused(Map.of("AiCost/model", "m".repeat(129)), Values.class)
        .hasMessageContaining("@AiCost.maxOutputTokens of " + Values.class.getName() + ".ask = '0'")
        .hasMessageContaining("must be a whole number, 1 to 1000000000")
        .hasMessageContaining("'OPTIONAL, BACKGROUND': must be one of")
        .hasMessageContaining("AiCost/model = 'mmm")
        .hasMessageContaining(
            "java.util.concurrent.SubmissionPublisher': is a kind of publisher that cannot be"
                + " metered");
  }

  @ApplicationScoped
  static class Valid {
    @RateLimited("chat")
    void ask() {}
  }

  @Test
  void refusesOverridesThatOverrideNothing() {
    String name = Valid.class.getName();

    assertRefused(
            Map.of(
                name + "/ask/RateLimited/vlaue",
                "chat",
                name + "/ask/AiCost/model",
                "gemini",
                name + "/ask/Retry/maxRetries",
                "3",
                "com.acme.Other/ask/RateLimited/value",
                "chat"),
            Valid.class)
        .hasMessageContaining("has 2 problems:")
        .hasMessageContaining(name + "/ask/RateLimited/vlaue = 'chat'")
        .hasMessageContaining(name + "/ask/AiCost/model = 'gemini'");
  }

  @ApplicationScoped
  static class Stale {
    @Inject Restriction restriction;
  }

  @Test
  void refusesARestrictionThatIsInjectedBeforeTheCall() {
    assertRefused(Stale.class)
        .hasMessageContaining("inject Instance<Restriction> and get it during the call");
  }

  @ApplicationScoped
  static class OneCaller implements CallerProvider {
    @Override
    public Caller caller() {
      return Deployed.ANN;
    }
  }

  @ApplicationScoped
  static class OtherCaller implements CallerProvider {
    @Override
    public Caller caller() {
      return Deployed.ANN;
    }
  }

  @Test
  void refusesTwoProvidersOfTheCaller() {
    assertRefused(OneCaller.class, OtherCaller.class)
        .hasMessageContaining("beans of type dev.tollgate.cdi.CallerProvider = '2 beans'");
  }

  @SessionScoped
  static class Conversation implements Serializable {
    private static final long serialVersionUID = 1;

    @RateLimited("chat")
    void ask() {}
  }

  @Test
  void deploysBeansOfASession() {
    try (Deployed deployed = Deployed.of(Conversation.class)) {
      assertThat(deployed.tollgate().policies().routes()).containsKey("chat");
    }
  }

  @Dependent
  @RateLimited("chat")
  static class Base {
    void inherited() {}

    void overridden() {}
  }

  @Dependent
  static class Sub extends Base {
    @Override
    void overridden() {}
  }

  @Test
  void limitsTheMethodsOfASubclassOfALimitedClass() {
    try (Deployed deployed = Deployed.of(Sub.class);
        CallContext.Scope ann = asAnn()) {
      Sub sub = deployed.bean(Sub.class);
      sub.inherited();
      sub.overridden();

      assertThat(deployed.used("requests")).isEqualTo(2);
    }
  }

  private static Set<String> threads() {
    return Thread.getAllStackTraces().keySet().stream()
        .filter(Thread::isAlive)
        .map(Thread::getName)
        .filter(name -> name.startsWith("tollgate"))
        .collect(Collectors.toSet());
  }

  @Test
  void leavesNoThreadBehind() {
    try (Deployed deployed = Deployed.of(Valid.class)) {
      assertThat(deployed.tollgate().health().degraded()).isFalse();
      assertThat(threads()).contains("tollgate-background");
    }
    assertThat(threads()).isEmpty();
  }

  @Test
  void leavesNoThreadBehindWhenItIsRefused() {
    for (Class<?> bean : List.of(UnknownRoute.class, Misplaced.class)) {
      assertRefused(bean);
      assertThat(threads()).isEmpty();
    }
  }
}

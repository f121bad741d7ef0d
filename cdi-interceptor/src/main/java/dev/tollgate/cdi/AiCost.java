package dev.tollgate.cdi;

import dev.tollgate.Criticality;
import jakarta.enterprise.util.Nonbinding;
import jakarta.interceptor.InterceptorBinding;
import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Inherited;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * Charges what a method's AI calls use: reserves an estimate before, settles the actual usage
 * after. On a class it holds for each of its business methods.
 *
 * <p>The estimate is the tokens of the {@link Prompt} parameters, and the {@link MaxOutputTokens}
 * parameter or {@link #maxOutputTokens}. The usage is what {@link AiUsage} was told, else what the
 * result tells ({@link Metered}, {@link UsageReader}, and the answers and streams of LangChain4j,
 * openai-java and anthropic-java), else the estimate. A method that throws is charged alike. A
 * {@link java.util.concurrent.CompletionStage}, a {@link java.util.concurrent.Flow.Publisher} and
 * Mutiny's types settle when they end; every further subscription to a publisher reserves anew.
 *
 * <p>A refused call throws {@link dev.tollgate.RefusedException} from the method itself, also where
 * the method's result is asynchronous.
 *
 * <p>Configuration overrides each element: by {@code <class>/<method>/AiCost/<element>}, then
 * {@code <class>/AiCost/<element>}, then {@code AiCost/<element>}.
 */
@Gated
@InterceptorBinding
@Inherited
@Documented
@Retention(RetentionPolicy.RUNTIME)
@Target({ElementType.TYPE, ElementType.METHOD})
public @interface AiCost {

  /**
   * The model, unless a {@link Model} parameter names one; without any, the dearest known price.
   */
  @Nonbinding
  String model() default "";

  /** How critical its calls are: none for the criticality of the route, else one. */
  @Nonbinding
  Criticality[] criticality() default {};

  /** The most tokens an answer has, unless a {@link MaxOutputTokens} parameter says: 1 to 10^9. */
  @Nonbinding
  int maxOutputTokens() default 1024;

  /**
   * The name of a configured route; empty for that of {@link RateLimited}, or for the only one
   * there is.
   */
  @Nonbinding
  String route() default "";

  /** Like {@link RateLimited#fallbackMethod}. */
  @Nonbinding
  String fallbackMethod() default "";
}

package dev.tollgate.cdi;

import jakarta.enterprise.util.Nonbinding;
import jakarta.interceptor.InterceptorBinding;
import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Inherited;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * Counts a method's calls against the limits of the caller's tier and of a route. On a class it
 * holds for each of its business methods.
 *
 * <p>A refused call throws {@link dev.tollgate.RefusedException} from the method itself, also where
 * the method's result is asynchronous. A call in a restricted mode gets its annotated parameters
 * changed, see {@link Prompt}, {@link MaxOutputTokens} and {@link Model}.
 *
 * <p>Configuration overrides each element: by {@code <class>/<method>/RateLimited/<element>}, then
 * {@code <class>/RateLimited/<element>}, then {@code RateLimited/<element>}.
 */
@Gated
@InterceptorBinding
@Inherited
@Documented
@Retention(RetentionPolicy.RUNTIME)
@Target({ElementType.TYPE, ElementType.METHOD})
public @interface RateLimited {

  /** The name of a configured route. */
  @Nonbinding
  String value();

  /**
   * A method of the same class, with the same parameters and a return type that fits, that answers
   * refused calls instead; empty for none. It may be private, and must not be limited itself.
   */
  @Nonbinding
  String fallbackMethod() default "";
}

package dev.tollgate.cdi;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * The parameter that becomes the input of the model: a {@code String} or {@code CharSequence}. A
 * restricted call gets its end only, as long as the restricted context. Of several such parameters
 * the later ones are kept first.
 */
@Documented
@Retention(RetentionPolicy.RUNTIME)
@Target(ElementType.PARAMETER)
public @interface Prompt {}

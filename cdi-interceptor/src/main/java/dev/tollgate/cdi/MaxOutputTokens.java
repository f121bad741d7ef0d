package dev.tollgate.cdi;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * The parameter that limits the length of the answer: {@code int}, {@code long} or their boxes, 1
 * to 10^9; a null stands for {@link AiCost#maxOutputTokens}. A restricted call gets at most the
 * restricted output. A value out of its range is an {@link IllegalArgumentException}, and nothing
 * is charged.
 */
@Documented
@Retention(RetentionPolicy.RUNTIME)
@Target(ElementType.PARAMETER)
public @interface MaxOutputTokens {}

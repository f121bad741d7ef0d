package dev.tollgate.cdi;

import dev.tollgate.Alert;
import jakarta.enterprise.util.AnnotationLiteral;
import jakarta.inject.Qualifier;
import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * Alerts of one kind: {@code void mail(@ObservesAsync @AlertOf(QUOTA_REACHED) Alert alert)} hears
 * those that users should be told, whose subject is the caller's id. Without it an observer hears
 * all.
 */
@Documented
@Qualifier
@Retention(RetentionPolicy.RUNTIME)
@Target({ElementType.PARAMETER, ElementType.FIELD})
public @interface AlertOf {

  Alert.Kind value();

  /** The qualifier as an object. */
  final class Literal extends AnnotationLiteral<AlertOf> implements AlertOf {

    private static final long serialVersionUID = 1;

    private final Alert.Kind value;

    public Literal(Alert.Kind value) {
      this.value = value;
    }

    @Override
    public Alert.Kind value() {
      return value;
    }
  }
}

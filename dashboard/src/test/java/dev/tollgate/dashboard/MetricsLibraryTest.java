package dev.tollgate.dashboard;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.lang.reflect.Method;
import java.util.List;
import org.junit.jupiter.api.Test;

class MetricsLibraryTest {

  /** An application with the pages and without libraries of metrics. */
  private static final class Bare extends ClassLoader {

    Bare() {
      super(MetricsLibraryTest.class.getClassLoader());
    }

    @Override
    protected Class<?> loadClass(String name, boolean resolve) throws ClassNotFoundException {
      if (name.startsWith("io.micrometer.") || name.startsWith("io.opentelemetry.")) {
        throw new ClassNotFoundException(name);
      }
      if (!name.startsWith("dev.tollgate.dashboard.")) {
        return super.loadClass(name, resolve);
      }
      Class<?> known = findLoadedClass(name);
      return known != null ? known : define(name);
    }

    private Class<?> define(String name) throws ClassNotFoundException {
      try (InputStream in = getParent().getResourceAsStream(name.replace('.', '/') + ".class")) {
        byte[] bytes = in.readAllBytes();
        return defineClass(name, bytes, 0, bytes.length);
      } catch (IOException unreadable) {
        throw new ClassNotFoundException(name, unreadable);
      }
    }
  }

  @Test
  void eachLibraryThatIsThereHasItsAdapter() {
    assertThat(MetricsLibrary.adapters())
        .hasAtLeastOneElementOfType(MicrometerMeters.class)
        .hasAtLeastOneElementOfType(OpenTelemetryMeters.class);
  }

  @Test
  void withoutLibrariesThereAreNoAdapters() throws Exception {
    Method adapters =
        new Bare().loadClass(MetricsLibrary.class.getName()).getDeclaredMethod("adapters");
    adapters.setAccessible(true);
    assertThat((List<?>) adapters.invoke(null)).isEmpty();
  }
}

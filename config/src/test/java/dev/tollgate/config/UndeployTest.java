package dev.tollgate.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.File;
import java.lang.ref.WeakReference;
import java.net.MalformedURLException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** An application in a class loader of its own, as servers have it, with all its jars in it. */
class UndeployTest {

  @Test
  void anUndeployedApplicationIsCollected() throws Exception {
    WeakReference<ClassLoader> undeployed = deployAndUndeploy();
    compareRecords();

    await()
        .atMost(Duration.ofSeconds(30))
        .untilAsserted(
            () -> {
              System.gc();
              assertThat(undeployed.get()).isNull();
            });
  }

  /**
   * Before JDK 19 the platform keeps the classes of the record whose {@code equals} was linked last
   * (JDK-8078641: a cache of one entry), of whichever application. A new record takes its place.
   */
  private static void compareRecords() {
    record New(String name, Object value) {}
    assertThat(new New("a", 1)).isEqualTo(new New("a", 1));
  }

  private static WeakReference<ClassLoader> deployAndUndeploy() throws Exception {
    Thread thread = Thread.currentThread();
    ClassLoader before = thread.getContextClassLoader();
    try (URLClassLoader loader =
        new URLClassLoader(classPath(), ClassLoader.getPlatformClassLoader())) {
      thread.setContextClassLoader(loader);
      Class<?> application = loader.loadClass(Application.class.getName());
      assertThat(application).isNotSameAs(Application.class);
      AutoCloseable use =
          (AutoCloseable) application.getMethod("acquire", ClassLoader.class).invoke(null, loader);
      application.getMethod("settings").invoke(use);
      use.close();
      return new WeakReference<>(loader);
    } finally {
      thread.setContextClassLoader(before);
    }
  }

  private static URL[] classPath() throws MalformedURLException {
    List<URL> urls = new ArrayList<>();
    for (String entry : System.getProperty("java.class.path").split(File.pathSeparator)) {
      urls.add(Path.of(entry).toUri().toURL());
    }
    return urls.toArray(new URL[0]);
  }
}

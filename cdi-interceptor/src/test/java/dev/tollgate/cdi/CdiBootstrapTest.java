package dev.tollgate.cdi;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import jakarta.enterprise.inject.spi.CDI;
import jakarta.inject.Provider;
import jakarta.servlet.ServletContainerInitializer;
import jakarta.servlet.ServletException;
import java.net.URL;
import java.net.URLClassLoader;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class CdiBootstrapTest {

  /** Stands for a server that knows servlets and nothing else of Jakarta EE. */
  private static final ClassLoader SERVLETS =
      new ClassLoader(ClassLoader.getPlatformClassLoader()) {
        @Override
        protected Class<?> findClass(String name) throws ClassNotFoundException {
          if (name.startsWith("jakarta.servlet.")) {
            return CdiBootstrapTest.class.getClassLoader().loadClass(name);
          }
          throw new ClassNotFoundException(name);
        }
      };

  @Test
  void touchesNothingWhereTheServerHasCdi() throws Exception {
    ClassLoader server = CdiBootstrapTest.class.getClassLoader();
    try (URLClassLoader application = new Application(server, CdiBootstrap.class)) {
      bootstrapIn(application).onStartup(null, null);
    }
  }

  @Test
  void namesTheRemedyWhereTheApplicationBringsTheApiAlone() throws Exception {
    try (URLClassLoader application =
        new Application(SERVLETS, CdiBootstrap.class, CDI.class, Provider.class)) {
      ServletContainerInitializer bootstrap = bootstrapIn(application);

      assertThatThrownBy(() -> bootstrap.onStartup(null, null))
          .isInstanceOf(ServletException.class)
          .hasMessageContaining("This server has no CDI")
          .hasMessageContaining("add org.jboss.weld.servlet:weld-servlet-core");
    }
  }

  private static ServletContainerInitializer bootstrapIn(ClassLoader application)
      throws ReflectiveOperationException {
    return application
        .loadClass(CdiBootstrap.class.getName())
        .asSubclass(ServletContainerInitializer.class)
        .getConstructor()
        .newInstance();
  }

  /** Has the jars of some classes and, as servlets demand, prefers its own bootstrap. */
  private static final class Application extends URLClassLoader {

    Application(ClassLoader server, Class<?>... contents) {
      super(Stream.of(contents).map(Application::jar).toArray(URL[]::new), server);
    }

    @Override
    protected Class<?> loadClass(String name, boolean resolve) throws ClassNotFoundException {
      if (!name.equals(CdiBootstrap.class.getName())) {
        return super.loadClass(name, resolve);
      }
      Class<?> loaded = findLoadedClass(name);
      return loaded == null ? findClass(name) : loaded;
    }

    private static URL jar(Class<?> type) {
      return type.getProtectionDomain().getCodeSource().getLocation();
    }
  }
}

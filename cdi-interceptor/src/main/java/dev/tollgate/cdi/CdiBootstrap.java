package dev.tollgate.cdi;

import jakarta.enterprise.inject.spi.CDI;
import jakarta.servlet.ServletContainerInitializer;
import jakarta.servlet.ServletContext;
import jakarta.servlet.ServletException;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Starts the Weld that an application brings along, on servers that have no CDI of their own.
 *
 * <p>The server has none exactly when the CDI API comes from the application, that is, from the
 * class loader of this class. The servlet context's class loader would not do: Open Liberty wraps
 * it. Where the server has CDI, nothing happens, so one WAR runs on both kinds. Such a WAR names
 * the fragment {@code tollgate} in the {@code absolute-ordering} of its {@code web.xml} and leaves
 * out Weld, whose own initializer does not ask.
 *
 * <p>Public only because servlet containers instantiate it. Stateless, hence safe for use by
 * several threads.
 */
public final class CdiBootstrap implements ServletContainerInitializer {

  private static final String WELD = "org.jboss.weld.environment.servlet.EnhancedListener";

  /**
   * {@inheritDoc}
   *
   * @throws ServletException if the application brings the CDI API but no Weld to run it
   */
  @Override
  public void onStartup(@Nullable Set<Class<?>> classes, ServletContext context)
      throws ServletException {
    ClassLoader application = CdiBootstrap.class.getClassLoader();
    if (CDI.class.getClassLoader() == application) {
      weld(application).onStartup(classes, context);
    }
  }

  private static ServletContainerInitializer weld(ClassLoader application) throws ServletException {
    try {
      return Class.forName(WELD, true, application)
          .asSubclass(ServletContainerInitializer.class)
          .getConstructor()
          .newInstance();
    } catch (ReflectiveOperationException e) {
      throw new ServletException(
          "This server has no CDI and the application brings its API only: add"
              + " org.jboss.weld.servlet:weld-servlet-core 5.1 to WEB-INF/lib, or take the CDI API"
              + " out of it",
          e);
    }
  }
}

package dev.tollgate.cdi;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class AbsentLibrariesTest {

  /** Loads the product's classes itself, and has no library that they adapt to. */
  private static final class Bare extends ClassLoader {

    private static final List<String> LIBRARIES =
        List.of("dev.langchain4j.", "com.openai.", "com.anthropic.", "io.smallrye.mutiny.");

    private final List<String> loaded = new ArrayList<>();

    Bare() {
      super(AbsentLibrariesTest.class.getClassLoader());
    }

    @Override
    protected Class<?> loadClass(String name, boolean resolve) throws ClassNotFoundException {
      if (LIBRARIES.stream().anyMatch(name::startsWith)) {
        throw new ClassNotFoundException(name);
      }
      if (!name.startsWith("dev.tollgate.cdi.")) {
        return super.loadClass(name, resolve);
      }
      Class<?> own = findLoadedClass(name);
      return own == null ? define(name) : own;
    }

    private Class<?> define(String name) throws ClassNotFoundException {
      try (InputStream bytes = getResourceAsStream(name.replace('.', '/') + ".class")) {
        if (bytes == null) {
          throw new ClassNotFoundException(name);
        }
        byte[] all = bytes.readAllBytes();
        loaded.add(name.substring(name.lastIndexOf('.') + 1));
        return defineClass(name, all, 0, all.length);
      } catch (IOException unreadable) {
        throw new ClassNotFoundException(name, unreadable);
      }
    }
  }

  @Test
  void applicationWithoutLibrariesLoadsNoAdapter() throws Exception {
    Bare bare = new Bare();

    var present = bare.loadClass(Adapters.class.getName()).getDeclaredMethod("present");
    present.setAccessible(true);
    Object adapters = present.invoke(null);

    assertThat(adapters).hasToString("Adapters[readers=[], meters=[], limits=[], mutiny=false]");
    assertThat(bare.loaded)
        .doesNotContainAnyElementsOf(
            Stream.of(
                    AiUsageListener.class,
                    LangChain4jBeans.class,
                    ChatResponses.class,
                    ServiceResults.class,
                    TokenStreams.class,
                    OpenAiResults.class,
                    OpenAiStreams.class,
                    AnthropicResults.class,
                    AnthropicStreams.class,
                    MutinyResults.class)
                .map(Class::getSimpleName)
                .toList());
  }

  @Test
  void containerStartsWithoutLibraries() throws Exception {
    Bare bare = new Bare();
    Thread thread = Thread.currentThread();
    ClassLoader before = thread.getContextClassLoader();
    thread.setContextClassLoader(bare);
    try {
      bare.loadClass(Application.class.getName())
          .asSubclass(Runnable.class)
          .getDeclaredConstructor()
          .newInstance()
          .run();
    } finally {
      thread.setContextClassLoader(before);
    }

    assertThat(bare.loaded).contains("TollgateExtension", "Turnstile", "Results", "Gate");
  }

  /** What runs in the bare class loader: deploys an application and asks it once. */
  public static final class Application implements Runnable {
    @Override
    public void run() {
      try (Deployed deployed = Deployed.of(AbsentLibrariesTest.Chat.class);
          var ann = Deployed.asAnn()) {
        deployed.bean(AbsentLibrariesTest.Chat.class).ask("sixteen letters.");
        assertThat(deployed.used("tokens")).isEqualTo(104);
      }
    }
  }

  @jakarta.enterprise.context.ApplicationScoped
  public static class Chat {
    @AiCost(model = "gemini", maxOutputTokens = 100)
    public String ask(@Prompt String prompt) {
      return prompt;
    }
  }
}

package dev.tollgate.cdi;

import dev.langchain4j.model.chat.listener.ChatModelListener;
import jakarta.enterprise.inject.spi.AfterBeanDiscovery;
import jakarta.inject.Singleton;

/** Beans for LangChain4j. Loaded only where the application has it. */
final class LangChain4jBeans {

  private LangChain4jBeans() {}

  static void add(AfterBeanDiscovery event) {
    event
        .addBean()
        .types(AiUsageListener.class, ChatModelListener.class, Object.class)
        .scope(Singleton.class)
        .produceWith(beans -> new AiUsageListener());
  }
}

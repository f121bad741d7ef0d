package dev.tollgate.cdi;

/** A library that the application may have: an adapter to it is loaded only where it is there. */
enum Library {
  MUTINY("io.smallrye.mutiny.Multi"),
  LANGCHAIN4J("dev.langchain4j.model.chat.listener.ChatModelListener"),
  LANGCHAIN4J_SERVICES("dev.langchain4j.service.TokenStream"),
  LANGCHAIN4J_OPENAI("dev.langchain4j.model.openai.OpenAiTokenUsage"),
  LANGCHAIN4J_ANTHROPIC("dev.langchain4j.model.anthropic.AnthropicTokenUsage"),
  OPENAI("com.openai.models.completions.CompletionUsage"),
  ANTHROPIC("com.anthropic.models.messages.Message");

  private final String type;

  /**
   * @param type the name of a class that it alone has
   */
  Library(String type) {
    this.type = type;
  }

  /** Whether the class loader of this class finds it. */
  boolean isPresent() {
    try {
      Class.forName(type, false, Library.class.getClassLoader());
      return true;
    } catch (ClassNotFoundException absent) {
      return false;
    }
  }
}

package dev.tollgate.cdi;

import jakarta.interceptor.InvocationContext;
import java.lang.reflect.Constructor;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** A call of a service's method, before the service gets it. Not thread-safe. */
final class ServiceCall implements InvocationContext {

  private final Class<?> service;
  private final Object target;
  private final Method method;
  private final Map<String, Object> data = new HashMap<>();
  private @Nullable Object[] arguments;

  /**
   * @param arguments null for none
   */
  ServiceCall(
      Class<?> service, Object target, Method method, @Nullable Object @Nullable [] arguments) {
    this.service = service;
    this.target = target;
    this.method = method;
    this.arguments = arguments == null ? new Object[0] : arguments;
  }

  /**
   * Makes the call: through the turnstile, if the method is limited.
   *
   * @throws Exception what the method throws, and what the turnstile throws
   */
  @Nullable Object through(Turnstile turnstile) throws Exception {
    return turnstile.limits(service, method) ? turnstile.pass(service, this) : proceed();
  }

  @Override
  public @Nullable Object proceed() throws Exception {
    try {
      method.setAccessible(true);
      return method.invoke(target, arguments);
    } catch (InvocationTargetException thrown) {
      if (thrown.getCause() instanceof Exception exception) {
        throw exception;
      }
      throw (Error) thrown.getCause();
    }
  }

  @Override
  public Object getTarget() {
    return target;
  }

  @Override
  public Method getMethod() {
    return method;
  }

  @Override
  public @Nullable Object[] getParameters() {
    return arguments;
  }

  @Override
  public void setParameters(@Nullable Object[] changed) {
    arguments = changed;
  }

  @Override
  public Map<String, Object> getContextData() {
    return data;
  }

  @Override
  public @Nullable Object getTimer() {
    return null;
  }

  @Override
  public @Nullable Constructor<?> getConstructor() {
    return null;
  }
}

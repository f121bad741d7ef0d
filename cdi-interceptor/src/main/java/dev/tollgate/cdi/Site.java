package dev.tollgate.cdi;

import java.lang.reflect.Method;

/**
 * Where annotations hold: a method, as a method of one bean. Two beans that inherit it may have
 * different annotations on their classes, and other overrides.
 *
 * @param bean the bean's class
 */
record Site(Class<?> bean, Method method) {

  /** The class and the method, for messages. */
  @Override
  public String toString() {
    return bean.getName() + "." + method.getName();
  }
}

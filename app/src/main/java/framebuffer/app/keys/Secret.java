package framebuffer.app.keys;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * An option whose value is never shown as it was given: a text not at all, a value of another type as its {@code toString} shows it,
 * which has to leave the secret away.
 */
@Target(ElementType.FIELD)
@Retention(RetentionPolicy.RUNTIME)
public @interface Secret {
}

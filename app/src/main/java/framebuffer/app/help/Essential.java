package framebuffer.app.help;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/** Marks an option or a parameter that the short help of a command with many options shows. */
@Target(ElementType.FIELD)
@Retention(RetentionPolicy.RUNTIME)
public @interface Essential {
    /** The names of the commands whose short help shows the option; empty: all commands that have it. */
    String[] in() default {};

    /** The description in the short help; empty: the whole description. */
    String description() default "";
}

package framebuffer.app.keys;

import java.lang.annotation.Annotation;
import java.lang.reflect.AnnotatedElement;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;

/** How an option is spelled elsewhere: {@code --redis-url} is {@code REDIS_URL} in the environment, {@code redis-url} in a file. */
final class Key {
    private Key() {
    }

    /** Whether an option may be given elsewhere than as a flag. */
    static boolean isKey(OptionSpec option) {
        return !option.usageHelp() && !option.versionHelp() && annotation(option, FlagOnly.class).isEmpty();
    }

    static String name(OptionSpec option) {
        return option.longestName().replaceFirst("^-+", "");
    }

    static String variable(OptionSpec option) {
        return name(option).replace('-', '_').replace('.', '_').toUpperCase(Locale.ROOT);
    }

    static boolean isSecret(OptionSpec option) {
        return annotation(option, Secret.class).isPresent();
    }

    /** What was typed for it; an option of all commands may also stand in front of its command's name. */
    static List<String> typed(OptionSpec option) {
        CommandSpec before = option.inherited() ? option.command().parent() : null;
        OptionSpec there = before == null ? null : before.findOption(option.longestName());
        return option.originalStringValues().isEmpty() && there != null ? typed(there) : option.originalStringValues();
    }

    static <A extends Annotation> Optional<A> annotation(OptionSpec option, Class<A> type) {
        return option.userObject() instanceof AnnotatedElement field
                ? Optional.ofNullable(field.getAnnotation(type))
                : Optional.empty();
    }
}

package framebuffer.app.config;

import framebuffer.redis.RedisAddress;
import framebuffer.wire.Secret;
import framebuffer.wire.SecretAddress;
import java.lang.annotation.Annotation;
import java.lang.reflect.AnnotatedElement;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import picocli.CommandLine.Model.ArgSpec;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;

/** The names of an option: {@code --redis-url} is {@code FRAME_BUFFER_REDIS_URL} in the environment and {@code redis-url} in a file. */
final class OptionKey {
    private static final String PREFIX = "FRAME_BUFFER_";

    /** Variables that deployments set without the prefix. Other programs may own other names: GNU screen sets WINDOW. */
    private static final Set<String> WITHOUT_PREFIX = Set.of("REDIS_URL", "PORT", "HOST", "DATA_DIR", "CONFIG_FILE",
            "API_TOKEN", "CONSUMER_GROUP", "SHADOW_MODE", "MAX_PROCESSORS", "HEALTH_CHECK_INTERVAL",
            "BACKPRESSURE_CHECK_INTERVAL", "ROUTING_STRATEGY", "ORCHESTRATOR_URL", "PROCESSOR_ID",
            "PROCESSOR_CAPABILITIES", "MAX_CONCURRENT_FRAMES");
    private static final Set<Class<?>> SECRETS = Set.of(Secret.class, SecretAddress.class, RedisAddress.class);

    private OptionKey() {
    }

    /** Whether the environment or a file may set the option. */
    static boolean isKey(OptionSpec option) {
        return !option.usageHelp() && !option.versionHelp() && annotation(option, FlagOnly.class).isEmpty();
    }

    static String name(OptionSpec option) {
        return option.longestName().replaceFirst("^-+", "");
    }

    static String variable(OptionSpec option) {
        return PREFIX + plain(option);
    }

    /** All environment variables of the option; the first that is set counts. */
    static List<String> variables(OptionSpec option) {
        return WITHOUT_PREFIX.contains(plain(option))
                ? List.of(variable(option), plain(option))
                : List.of(variable(option));
    }

    /** Whether the name of an environment variable has our prefix. */
    static boolean isPrefixed(String variable) {
        return variable.startsWith(PREFIX);
    }

    private static String plain(OptionSpec option) {
        return name(option).replace('-', '_').replace('.', '_').toUpperCase(Locale.ROOT);
    }

    /** Whether the type of the option masks its value when printed. */
    static boolean isSecret(ArgSpec option) {
        return SECRETS.contains(option.type());
    }

    /** The values on the command line; an option of all commands may also come before the name of the subcommand. */
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

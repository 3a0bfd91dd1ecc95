package framebuffer.orchestrator.pipeline.dispatch;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class FrameEventsTest {
    static Stream<Method> events() {
        return Arrays.stream(FrameEvents.class.getMethods()).filter(Method::isDefault);
    }

    private static Object[] argumentsOf(Method event) {
        return Arrays.stream(event.getParameterTypes()).map(type -> type == long.class ? 7L : null).toArray();
    }

    @ParameterizedTest
    @MethodSource("events")
    void eachEventReachesEachListener(Method event) throws ReflectiveOperationException {
        List<String> received = new ArrayList<>();
        FrameEvents listener = (FrameEvents) Proxy.newProxyInstance(FrameEvents.class.getClassLoader(),
                new Class<?>[]{FrameEvents.class}, (_, called, arguments) -> {
                    received.add(called.getName() + Arrays.toString(arguments));
                    return null;
                });
        Object[] arguments = argumentsOf(event);
        event.invoke(FrameEvents.toAll(List.of(listener, listener)), arguments);
        String expected = event.getName() + Arrays.toString(arguments.length == 0 ? null : arguments);
        assertThat(received).containsExactly(expected, expected);
    }
}

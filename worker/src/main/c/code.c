/*
 * Makes HotSpot forget the code that it has compiled so far, so that what is hot is compiled anew with all that the JVM
 * learns from now on. A zygote warms up with code of the first tier (cheap for a child to run, and final); a child that
 * turns out to compute wants better.
 *
 * HotSpot can do this, but offers it to its own tests alone: as a native method of the boot loader's class WhiteBox, and it
 * registers such methods only where the flag WhiteBoxAPI is set. So we define a class of that name, set the flag, let
 * HotSpot register its methods through a RegisterNatives of ours, which just looks for the one it wants, and put everything
 * back. Written without jni.h: the build needs a C compiler only. Numbers are places in the function tables, as the JNI
 * specification fixes them.
 */
#include "internal.h"

#include <string.h>

enum { JNI_VERSION = 0x000a0000, VM_GET_ENV = 6, JNI_TABLE_SIZE = 240 };
enum { JNI_DEFINE_CLASS = 5, JNI_EXCEPTION_CLEAR = 17, JNI_DELETE_LOCAL_REF = 23, JNI_GET_STATIC_METHOD_ID = 113 };
enum { JNI_CALL_STATIC_VOID_METHOD = 141, JNI_REGISTER_NATIVES = 215 };

typedef void **interface; /* points to a table of functions, and is the first argument of each */
#define CALL(result, object, index, parameters) ((result(*) parameters)((void **)*(object))[index])

struct native_method {
    const char *name, *signature;
    void *function;
};
static void (*deoptimize_all)(interface jni, void *object);

static int look_at_natives(interface jni, void *class, const struct native_method *methods, int count) {
    (void)jni, (void)class;
    for (int i = 0; i < count; i++)
        if (!strcmp(methods[i].name, "deoptimizeAll") && !strcmp(methods[i].signature, "()V"))
            deoptimize_all = (void (*)(interface, void *))methods[i].function;
    return 0;
}

/* The table is changed for this thread only: a JNI environment, and with it the pointer to its table, belongs to one thread. */
static void register_white_box(interface jni, void *class, void *method, char *flag) {
    static void *table[JNI_TABLE_SIZE];
    void *original = *jni;
    char flag_before = *flag;
    memcpy(table, original, sizeof table);
    table[JNI_REGISTER_NATIVES] = (void *)look_at_natives;
    *flag = 1;
    *jni = table;
    CALL(void, jni, JNI_CALL_STATIC_VOID_METHOD, (interface, void *, void *, ...))(jni, class, method);
    *jni = original;
    *flag = flag_before;
}

static int deoptimize(interface jni, const struct forkd_white_box *box) {
    void *class = CALL(void *, jni, JNI_DEFINE_CLASS, (interface, const char *, void *, const void *, int))(
        jni, "jdk/test/whitebox/WhiteBox", 0, box->class_file, (int)box->class_file_size);
    void *method = !class ? 0 : CALL(void *, jni, JNI_GET_STATIC_METHOD_ID, (interface, void *, const char *, const char *))(
        jni, class, "registerNatives", "()V");
    if (method) register_white_box(jni, class, method, box->flag);
    CALL(void, jni, JNI_EXCEPTION_CLEAR, (interface))(jni);
    if (deoptimize_all) deoptimize_all(jni, class);
    if (class) CALL(void, jni, JNI_DELETE_LOCAL_REF, (interface, void *))(jni, class);
    return deoptimize_all ? 0 : fail(ENOTSUP, "this Java VM does not offer deoptimizeAll", -1, "", "");
}

EXPORT int forkd_forget_code(const struct forkd_white_box *box) {
    void *vm = 0, *jni = 0;
    int count = 0;
    if (box->get_created_vms(&vm, 1, &count) || count != 1) return fail(ESRCH, "no Java VM in this process", -1, "", "");
    if (CALL(int, (interface)vm, VM_GET_ENV, (interface, void **, int))(vm, &jni, JNI_VERSION))
        return fail(ENOTSUP, "this thread is not a Java thread", -1, "", "");
    return deoptimize(jni, box);
}

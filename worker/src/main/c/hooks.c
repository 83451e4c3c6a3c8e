/*
 * Hooks: entries of the global offset tables of all loaded objects that lead to functions by which a thread waits for
 * another, or speaks to another, are made to lead to our functions of hooked.c.
 *
 * Left alone are the C library itself, the dynamic linker and this library: what they do inside, a stopped thread was
 * never in the middle of, for it was asleep. Entries are matched by symbol name and keep the version of the original
 * they were bound to: two versions of a function are known, because glibc 2.34 gave some of them a second one.
 */
#include "internal.h"

#include <link.h>
#include <string.h>
#include <sys/auxv.h>
#include <sys/mman.h>

struct object {
    uintptr_t base, relro_start, relro_end;
    const struct dl_phdr_info *info;
    const ElfW(Sym) *symbols;
    const char *strings;
    int patched;
};

static uintptr_t our_data_start, our_data_end;

static int contains(const struct dl_phdr_info *info, const void *address) {
    for (int i = 0; i < info->dlpi_phnum; i++) {
        const ElfW(Phdr) *p = &info->dlpi_phdr[i];
        uintptr_t offset = (uintptr_t)address - info->dlpi_addr - p->p_vaddr;
        if (p->p_type == PT_LOAD && offset < p->p_memsz) return 1;
    }
    return 0;
}

static void remember_our_data(const struct dl_phdr_info *info) {
    for (int i = 0; i < info->dlpi_phnum; i++) {
        const ElfW(Phdr) *p = &info->dlpi_phdr[i];
        if (p->p_type != PT_LOAD || !(p->p_flags & PF_W)) continue;
        our_data_start = info->dlpi_addr + p->p_vaddr;
        our_data_end = our_data_start + p->p_memsz;
    }
}

int in_our_data(uintptr_t start, uintptr_t end) {
    return start < our_data_end && our_data_start < end;
}

static int left_alone(const struct dl_phdr_info *info) {
    if (info->dlpi_addr == getauxval(AT_BASE) || info->dlpi_addr == getauxval(AT_SYSINFO_EHDR)) return 1;
    for (int i = 0; i < hooks_count; i++)
        if (hooks[i].expected && contains(info, hooks[i].expected)) return 1; /* libc, or libpthread and libdl of old */
    return 0;
}

/* The store is one aligned word, so threads that call through the entry meanwhile see the old or the new function. */
static int write_entry(const struct object *object, void **entry, void *function) {
    uintptr_t page_size = getauxval(AT_PAGESZ);
    void *page = (void *)((uintptr_t)entry & ~(page_size - 1));
    int sealed = (uintptr_t)entry >= object->relro_start && (uintptr_t)entry < object->relro_end;
    if (sealed && mprotect(page, page_size, PROT_READ | PROT_WRITE)) return -errno;
    __atomic_store_n(entry, function, __ATOMIC_RELEASE);
    if (sealed && mprotect(page, page_size, PROT_READ)) return -errno;
    return 0;
}

static int patch(struct object *object, void **entry, const struct hook *hook, int undefined) {
    void *now = *entry;
    if (now == hook->functions[0] || now == hook->functions[1]) return 0;
    /* an entry that points into the object itself is either not bound yet, or the object's own function of that name */
    if (contains(object->info, now)) {
        if (!undefined) return 0;
        now = hook->expected;
    }
    for (int version = 0; version < 2; version++) {
        void *known = __atomic_load_n(&hook->originals[version], __ATOMIC_ACQUIRE);
        if (known && known != now) continue;
        __atomic_store_n(&hook->originals[version], now, __ATOMIC_RELEASE);
        object->patched++;
        return write_entry(object, entry, hook->functions[version]);
    }
    return 0; /* a third version: leave it, rather than call the wrong one */
}

static const struct hook *hook_named(const char *name) {
    for (int i = 0; i < hooks_count; i++)
        if (hooks[i].expected && !strcmp(hooks[i].name, name)) return &hooks[i];
    return 0;
}

static int patch_table(struct object *object, const ElfW(Rela) *table, size_t bytes) {
    int result = 0;
    for (size_t i = 0; result == 0 && i < bytes / sizeof *table; i++) {
        const ElfW(Rela) *r = &table[i];
        unsigned long type = ELF64_R_TYPE(r->r_info);
        if (type != RELOCATION_JUMP_SLOT && type != RELOCATION_GLOB_DAT && (type != RELOCATION_ABSOLUTE || r->r_addend)) continue;
        const ElfW(Sym) *symbol = &object->symbols[ELF64_R_SYM(r->r_info)];
        const struct hook *hook = hook_named(object->strings + symbol->st_name);
        if (hook) result = patch(object, (void **)(object->base + r->r_offset), hook, symbol->st_shndx == SHN_UNDEF);
    }
    return result;
}

/* Some loaders relocate the pointers of the dynamic section in place, some do not. */
static void *pointer(const struct object *object, const ElfW(Dyn) *entry) {
    return (void *)(entry->d_un.d_ptr < object->base ? object->base + entry->d_un.d_ptr : entry->d_un.d_ptr);
}

static int patch_object(struct dl_phdr_info *info, size_t size, void *unused) {
    (void)size, (void)unused;
    if (contains(info, (void *)forkd_init)) remember_our_data(info);
    if (contains(info, (void *)forkd_init) || left_alone(info)) return 0;
    struct object object = {.base = info->dlpi_addr, .info = info};
    const ElfW(Dyn) *dynamic = 0;
    for (int i = 0; i < info->dlpi_phnum; i++) {
        const ElfW(Phdr) *p = &info->dlpi_phdr[i];
        if (p->p_type == PT_DYNAMIC) dynamic = (const void *)(object.base + p->p_vaddr);
        if (p->p_type != PT_GNU_RELRO) continue;
        object.relro_start = object.base + p->p_vaddr;
        object.relro_end = object.relro_start + p->p_memsz;
    }
    const ElfW(Rela) *rela = 0, *plt = 0;
    size_t rela_bytes = 0, plt_bytes = 0;
    for (const ElfW(Dyn) *d = dynamic; d && d->d_tag != DT_NULL; d++) {
        if (d->d_tag == DT_SYMTAB) object.symbols = pointer(&object, d);
        if (d->d_tag == DT_STRTAB) object.strings = pointer(&object, d);
        if (d->d_tag == DT_RELA) rela = pointer(&object, d);
        if (d->d_tag == DT_RELASZ) rela_bytes = d->d_un.d_val;
        if (d->d_tag == DT_JMPREL) plt = pointer(&object, d);
        if (d->d_tag == DT_PLTRELSZ) plt_bytes = d->d_un.d_val;
    }
    if (!object.symbols || !object.strings) return 0;
    int result = rela ? patch_table(&object, rela, rela_bytes) : 0;
    if (result == 0 && plt) result = patch_table(&object, plt, plt_bytes);
    return result < 0 ? fail(-result, "cannot hook", -1, info->dlpi_name, "is mprotect forbidden here?") : 0;
}

int install_hooks(void) {
    return dl_iterate_phdr(patch_object, 0);
}

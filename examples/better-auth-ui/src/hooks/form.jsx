import { useId } from "react";

const BUTTON = "h-9 rounded-md px-4 font-medium text-sm disabled:opacity-60 ";
const LOOKS = {
  primary: `${BUTTON} bg-primary text-primary-foreground`,
  danger: `${BUTTON} bg-destructive text-white dark:text-black`,
  link: "text-sm underline underline-offset-4 disabled:opacity-60",
};

export const Button = ({ look = "primary", ...rest }) => <button className={LOOKS[look]} {...rest} />;

/** A form that runs one mutation of better-auth-ui with its fields, and says how that went. */
export function Form({ title, mutation, call, button, look, done, children }) {
  function submit(event) {
    event.preventDefault();
    const form = event.currentTarget;
    mutation.mutate(call(Object.fromEntries(new FormData(form))), { onSuccess: () => form.reset() });
  }

  return (
    <form onSubmit={submit} className="flex flex-col gap-4 rounded-xl border bg-card p-5 shadow-xs">
      {title && <h2 className="font-semibold">{title}</h2>}
      {children}
      {mutation.error && (
        <p role="alert" className="text-destructive text-sm">
          {mutation.error.error?.message ?? "The auth server does not answer."}
        </p>
      )}
      {mutation.isSuccess && done && (
        <p role="status" className="text-muted-foreground text-sm">
          {done}
        </p>
      )}
      <Button look={look} disabled={mutation.isPending}>
        {button}
      </Button>
    </form>
  );
}

export function Field({ label, ...input }) {
  const id = useId();
  return (
    <div className="flex flex-col gap-1.5">
      <label htmlFor={id} className="font-medium text-sm">
        {label}
      </label>
      <input id={id} required className="h-9 rounded-md border border-input bg-background px-3 text-sm" {...input} />
    </div>
  );
}

export const Password = ({ label, name, isNew = false }) => (
  <Field
    label={label}
    name={name}
    type="password"
    autoComplete={isNew ? "new-password" : "current-password"}
    minLength={isNew ? 8 : undefined}
  />
);

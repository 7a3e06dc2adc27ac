/** What tests read of the web app's list of plugins. */
export declare const everything: readonly { readonly pages?: readonly { readonly path: string }[] }[]

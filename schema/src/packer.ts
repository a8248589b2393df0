/**
 * Who made an archive. `npm` stands for everything that is stored: one exact form. `any` also reads what tar and gzip write
 * of themselves, for bytes that are packed anew before anybody else reads them; what two readers could take differently is
 * refused all the same.
 */
export type Packer = "npm" | "any";
